/* Compiled and run beside who watches and locks: headers, libraries and devices are read. */
#include <complex.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <tgmath.h>
#include <unistd.h>

static const char *const places[] = {"/usr/bin/env", "/usr/include/stdio.h", "/etc/passwd", "/dev/null", "/dev/zero",
                                     "/dev/urandom", "/proc/version", "/proc/meminfo", "/usr", "/usr/lib"};

int main(void) {
  for (int round = 0; round < 20; round++) {
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
      char byte;
      int fd = open(places[i], O_RDONLY);
      if (fd < 0) continue;
      if (flock(fd, LOCK_EX | LOCK_NB) != 0) printf("ESCAPED locked out of %s\n", places[i]);
      if (read(fd, &byte, 1) < 0) { /* a directory */
        DIR *entries = opendir(places[i]);
        while (entries != NULL && readdir(entries) != NULL) {}
        if (entries != NULL) closedir(entries);
      }
      close(fd);
    }
    if (system("/usr/bin/env true > /dev/null") != 0) puts("INFO no env");
    usleep(20000);
  }
  puts("DONE");
  return 0;
}
