/* The main thread ends, the others go on: the process is a zombie that runs. */
#include <pthread.h>
#include <stdio.h>

static void *spin(void *nothing) {
  for (volatile unsigned long i = 0;; i++) {}
  return nothing;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, spin, NULL);
  pthread_create(&thread, NULL, spin, NULL);
  puts("DONE");
  fflush(stdout);
  pthread_exit(NULL);
}
