/* A host may have a crash handler that runs as its root: whatever limit is set, a crash must not wake it. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  struct rlimit core = {0, 0};
  setrlimit(RLIMIT_CORE, &core);
  prlimit(0, RLIMIT_CORE, &core, NULL);
  getrlimit(RLIMIT_CORE, &core);
  if (core.rlim_cur != 1) printf("ESCAPED core limit %lu\n", (unsigned long)core.rlim_cur);
  prctl(PR_SET_DUMPABLE, 1);
  int status = 0;
  for (int i = 0; i < 50; i++) {
    pid_t child = fork();
    if (child == 0) raise(SIGSEGV);
    if (child > 0) waitpid(child, &status, 0);
    if (WCOREDUMP(status)) puts("ESCAPED a dump was written");
  }
  puts("DONE");
  return 0;
}
