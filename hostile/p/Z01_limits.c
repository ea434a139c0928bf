/* Takes limits, priorities and processors away from process 1, which keeps the run's deadlines and says how it ended. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static void tried(const char *what, long result) {
  if (result == 0) printf("ESCAPED %s\n", what);
  else printf("BLOCKED %s: %s\n", what, strerror(errno));
}

int main(void) {
  int niceness = getpriority(PRIO_PROCESS, 1);
  long disk = syscall(SYS_ioprio_get, 1, 1);
  static const struct {
    const char *name;
    int resource;
  } limits[] = {{"files", RLIMIT_NOFILE}, {"cpu", RLIMIT_CPU},     {"stack", RLIMIT_STACK}, {"file size", RLIMIT_FSIZE},
                {"space", RLIMIT_AS},     {"processes", RLIMIT_NPROC}, {"signals", RLIMIT_SIGPENDING}};
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
    struct rlimit none = {0, 0};
    tried(limits[i].name, prlimit(1, limits[i].resource, &none, NULL));
    tried(limits[i].name, syscall(SYS_prlimit64, 0x100000001, limits[i].resource, &none, NULL));
  }
  tried("niceness", setpriority(PRIO_PROCESS, 1, 19));
  tried("niceness of its group", setpriority(PRIO_PGRP, 1, 19));
  setpriority(PRIO_USER, getuid(), 19); /* of our own it may */
  if (getpriority(PRIO_PROCESS, 1) != niceness) puts("ESCAPED niceness of its user");
  struct sched_param idle = {0};
  tried("scheduler", sched_setscheduler(1, SCHED_IDLE, &idle));
  tried("parameters", sched_setparam(1, &idle));
  struct {
    unsigned size, policy;
    unsigned long long flags;
    int nice;
    unsigned priority;
    unsigned long long runtime, deadline, period;
  } attributes = {48, SCHED_IDLE, 0, 19, 0, 0, 0, 0};
  tried("attributes", syscall(SYS_sched_setattr, 1, &attributes, 0));
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  tried("processors", sched_setaffinity(1, sizeof one, &one));
  tried("disk priority", syscall(SYS_ioprio_set, 1, 1, 3 << 13));
  tried("disk priority of its group", syscall(SYS_ioprio_set, 2, 1, 3 << 13));
  syscall(SYS_ioprio_set, 3, getuid(), 3 << 13);
  if (syscall(SYS_ioprio_get, 1, 1) != disk) puts("ESCAPED disk priority of its user");
  int timer;
  tried("a timer on its clock", syscall(SYS_timer_create, (int)(~1u << 3 | 2), NULL, &timer));
  for (int signal = 1; signal < 65; signal++) kill(1, signal);
  usleep(300000); /* what has got through shows in how this ends */
  puts("DONE");
}
