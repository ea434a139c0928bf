/* Calls by the numbers of other ABIs, which a filter for one ABI does not know. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
#ifdef __x86_64__
  for (int which = 0; which < 3; which++) {
    pid_t child = fork();
    if (child == 0) {
      long result = -1;
      if (which == 0) {
        result = 310; /* unshare there */
        __asm__ volatile("int $0x80" : "+a"(result) : "b"(0x10000000) : "memory");
      } else if (which == 1) {
        result = syscall(0x40000000 | SYS_unshare, 0x10000000);
      } else {
        result = syscall(SYS_modify_ldt, 0, 0, 0);
      }
      _exit(result == 0 ? 42 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("%s %d\n", WIFEXITED(status) && WEXITSTATUS(status) == 42 ? "ESCAPED by ABI" : "BLOCKED", which);
  }
#endif
  puts("DONE");
  return 0;
}
