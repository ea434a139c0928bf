/* Writes what a supervisor might report, "exited with 0", into every descriptor it can find. */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    int found = 0;
    for (int fd = 3; fd < 4096; fd++)
        if (write(fd, "\0\0\0\0\0\0\0\0exit 0\n{\"exit_code\":0}\n", 32) > 0) found++;
    printf("%s %d descriptors took it\n", found ? "ESCAPED" : "BLOCKED", found);
    return 7;
}
