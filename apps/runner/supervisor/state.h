/* What all parts of the supervisor look at: there is one run, and one of everything. */
#ifndef RUNBIN_STATE_H
#define RUNBIN_STATE_H

#include "protocol.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define BOX "/box"
#define MAX_JOIN 8

/* Descriptors of the run's cgroup files; -1 where there is none. */
struct cgroup {
  int join[MAX_JOIN], joins; /* writing "0" moves the writer in */
  int cpu, oom, peak;
};

struct program {
  pid_t pid;
  int start;       /* write end: what the child becomes */
  int failed;      /* read end: a byte once it has its ids, then errno of what kept it from starting; end of file once it runs */
  int in, out, err;
  int terminal;    /* number of the one that in and out lead to; -1: they are pipes */
  bool let_go;
  uint64_t released_us; /* when GO was obeyed; 0: it was not */
  uint64_t cpu_base_us; /* used before GO: a parked program's start, and that of a cgroup we share */
};

extern struct cgroup cgroup;
extern struct program program;
extern struct setup setup;
extern struct outcome outcome;

static inline uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

#endif
