/* Busy on every core with as many threads as it gets. */
#include <pthread.h>
#include <unistd.h>
static void *spin(void *nothing) { for (;;) (void)nothing; }
int main(void) {
    pthread_t thread;
    for (int i = 0; i < 32; i++) pthread_create(&thread, 0, spin, 0);
    spin(0);
}
