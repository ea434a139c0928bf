/* What the program has used, and what it is doing. */
#ifndef RUNBIN_USAGE_H
#define RUNBIN_USAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* CPU time and resident memory of all processes but this one, from /proc: where there is no cgroup to ask. */
void sample_tree(uint64_t *cpu_us, uint64_t *memory_bytes);
/* Of all that has been waited for. */
uint64_t reaped_cpu_us(struct rusage *usage);
/* Only where cgroup.cpu is there. */
uint64_t cgroup_cpu_us(void);
/* The most that the run's cgroup has held at one time; 0 where that is not known. */
uint64_t cgroup_peak_bytes(void);
/* Whether the OOM killer took a process of the run. */
bool oom_killed(void);
/* @returns /proc/pid/stat, to be looked at again and again; -1 where there is none */
int open_status(pid_t pid);
/* Whether the first thread of that process sleeps, waiting for something. */
bool status_sleeps(int status);
/* Whether every thread of every process but this one sleeps, waiting for something. */
bool tree_sleeps(void);

#endif
