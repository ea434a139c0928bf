/* Makes its streams smaller, larger, asynchronous and another's; writes through every name they have. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  fcntl(1, F_SETPIPE_SZ, 1 << 20);
  fcntl(1, F_SETFL, O_NONBLOCK | O_ASYNC);
  fcntl(0, F_SETFL, O_NONBLOCK);
  char taken[64];
  int thief = open("/proc/self/fd/1", O_RDONLY | O_NONBLOCK);
  int again = open("/proc/self/fd/1", O_WRONLY | O_TRUNC);
  int feeder = open("/proc/self/fd/0", O_WRONLY | O_NONBLOCK);
  write(again, "one ", 4);
  char gift[] = "two ";
  struct iovec piece = {gift, 4};
  vmsplice(1, &piece, 1, SPLICE_F_GIFT);
  int null = open("/dev/null", O_WRONLY);
  tee(1, null, 10, SPLICE_F_NONBLOCK);
  lseek(1, 0, SEEK_SET);
  ftruncate(1, 0);
  (void)taken, (void)thief, (void)feeder;
  write(1, "three\n", 6);
  usleep(50000);
  dup2(2, 1);
  write(1, "four\n", 5);
  close(1);
  close(2);
  return 0;
}
