/* Every process is gone before anybody can name it: each makes the next and ends. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

int main(void) {
  puts("DONE");
  fflush(stdout);
  for (long made = 0; made < 4000000; made++) {
    pid_t child = fork();
    if (child > 0) {
      if (made > 0) _exit(0);
      for (;;) pause();
    }
    if (child == 0) setsid();
  }
  return 0;
}
