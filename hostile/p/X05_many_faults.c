/* Keeps the memory system busy from many processes: faults, unmaps, page cache. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 30; i++) {
    if (fork() == 0) {
      for (;;) {
        char *space = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (space == MAP_FAILED) continue;
        memset(space, 1, 4 << 20);
        munmap(space, 4 << 20);
      }
    }
  }
  puts("DONE");
  fflush(stdout);
  sleep(20);
  return 0;
}
