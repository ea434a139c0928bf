/* Descriptors that somebody forgot to close. */
#include <fcntl.h>
#include <stdio.h>
int main(void) {
    int inherited = 0;
    for (int fd = 3; fd < 65536; fd++)
        if (fcntl(fd, F_GETFD) != -1) {
            printf("ESCAPED descriptor %d is open\n", fd);
            inherited++;
        }
    if (!inherited) puts("BLOCKED nothing was inherited");
    puts("DONE");
    return 0;
}
