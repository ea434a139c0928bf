/* Memory that no process maps: pipes, page tables, shared memory of three kinds, queues. Bounded to 4 GB. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE (1 << 20)

int main(void) {
  char way[16] = "";
  if (fgets(way, sizeof way, stdin) == NULL) strcpy(way, "pipes");
  way[strcspn(way, "\n")] = 0;
  static char piece[PIECE];
  memset(piece, 1, sizeof piece);
  unsigned long long held = 0;
  for (int i = 0; i < 4096; i++) {
    if (strcmp(way, "pipes") == 0) {
      int ends[2];
      if (pipe(ends) != 0) break;
      fcntl(ends[1], F_SETPIPE_SZ, PIECE);
      fcntl(ends[1], F_SETFL, O_NONBLOCK);
      for (ssize_t n; (n = write(ends[1], piece, sizeof piece)) > 0;) held += (unsigned long long)n;
    } else if (strcmp(way, "tables") == 0) {
      char *space = mmap(NULL, 1ul << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (space == MAP_FAILED) break;
      for (unsigned long at = 0; at < 1ul << 30; at += 1ul << 21) space[at] += *(volatile char *)(space + at + 4096);
      held += 1024 * 4096;
    } else if (strcmp(way, "sysv") == 0) {
      int id = shmget(IPC_PRIVATE, PIECE, IPC_CREAT | 0600);
      char *space = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
      if (space == (void *)-1) break;
      memset(space, 1, PIECE);
      shmdt(space);
      held += PIECE;
    } else if (strcmp(way, "memfd") == 0) {
      int fd = memfd_create("x", 0);
      if (fd < 0 || write(fd, piece, sizeof piece) < 0) break;
      held += PIECE;
    } else if (strcmp(way, "locked") == 0) {
      char *space = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (space == MAP_FAILED || mlock(space, PIECE) != 0) break;
      held += PIECE;
    } else {
      int ends[2];
      if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) != 0) break;
      for (ssize_t n; (n = send(ends[0], piece, 60000, 0)) > 0;) held += (unsigned long long)n;
    }
  }
  printf("INFO %s: %llu MB\n", way, held >> 20);
  if (strcmp(way, "locked") == 0 && held > 4 * PIECE) puts("ESCAPED locked memory");
  puts("DONE");
  return 0;
}
