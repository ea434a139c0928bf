/* Control: the same for a program that was compiled. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

int main(void) {
  const char *places[] = {"/box/file", "/tmp/file", "/dev/shm/file"};
  for (int i = 0; i < 3; i++) {
    int fd = open(places[i], O_RDWR | O_CREAT, 0600), again = open(places[i], O_RDWR);
    int events = inotify_init();
    if (inotify_add_watch(events, places[i], IN_MODIFY) < 0) return printf("no watch on %s\n", places[i]), 1;
    if (write(fd, "x", 1) != 1) return 1;
    struct pollfd heard = {.fd = events, .events = POLLIN};
    if (poll(&heard, 1, 4000) != 1) return printf("nothing heard of %s\n", places[i]), 1;
    if (flock(fd, LOCK_EX) != 0 || flock(again, LOCK_EX | LOCK_NB) == 0) return printf("no lock on %s\n", places[i]), 1;
    if (flock(fd, LOCK_UN) != 0 || flock(again, LOCK_EX | LOCK_NB) != 0) return printf("no end of it\n"), 1;
  }
  puts("DONE");
}
