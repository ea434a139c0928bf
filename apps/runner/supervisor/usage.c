#define _GNU_SOURCE
#include "usage.h"

#include "state.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Reads the number after `key` (or the first number when key is empty) of a small kernel file. */
static uint64_t read_number(int fd, const char *key) {
  char text[1024];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  if (n <= 0) return 0;
  text[n] = 0;
  const char *at = strstr(text, key);
  return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

/* CPU time and resident memory of all processes but this one, from /proc: where there is no cgroup to ask. */
void sample_tree(uint64_t *cpu_us, uint64_t *memory_bytes) {
  DIR *proc = opendir("/proc");
  if (proc == NULL) return;
  uint64_t ticks = 0, pages = 0;
  for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
    long pid = strtol(entry->d_name, NULL, 10);
    if (pid <= 1) continue;
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) continue;
    text[n] = 0;
    /* The name is in brackets and may hold anything; the fields start behind the last one. */
    const char *fields = strrchr(text, ')');
    unsigned long long user, system, resident;
    if (fields != NULL && sscanf(fields + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %*u %*u %llu",
                                 &user, &system, &resident) == 3) {
      ticks += user + system;
      pages += resident;
    }
  }
  closedir(proc);
  *cpu_us = ticks * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
  *memory_bytes = pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t microseconds(struct timeval t) { return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec; }

uint64_t reaped_cpu_us(struct rusage *usage) {
  getrusage(RUSAGE_CHILDREN, usage);
  return microseconds(usage->ru_utime) + microseconds(usage->ru_stime);
}

uint64_t cgroup_cpu_us(void) {
  /* v2: cpu.stat starts with "usage_usec N"; v1: cpuacct.usage is nanoseconds. */
  uint64_t v2 = read_number(cgroup.cpu, "usage_usec ");
  return v2 > 0 ? v2 : read_number(cgroup.cpu, "") / 1000;
}

uint64_t cgroup_peak_bytes(void) { return cgroup.peak < 0 ? 0 : read_number(cgroup.peak, ""); }

bool oom_killed(void) { return cgroup.oom >= 0 && read_number(cgroup.oom, "oom_kill ") > 0; }

int open_status(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  return open(path, O_RDONLY | O_CLOEXEC);
}

bool status_sleeps(int status) {
  char text[512];
  ssize_t n = pread(status, text, sizeof text - 1, 0);
  if (n <= 0) return true; /* it has ended, or can not be looked at: that is for others to say */
  text[n] = 0;
  const char *state = strrchr(text, ')');
  return state == NULL || state[2] == 'S' || state[2] == 'Z';
}

static bool threads_sleep(const char *pid) {
  char path[300];
  snprintf(path, sizeof path, "/proc/%s/task", pid);
  DIR *tasks = opendir(path);
  bool asleep = true;
  for (struct dirent *task; tasks != NULL && asleep && (task = readdir(tasks)) != NULL;) {
    if (task->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%s/task/%s/stat", pid, task->d_name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    asleep = status_sleeps(fd);
    close(fd);
  }
  if (tasks != NULL) closedir(tasks);
  return asleep;
}

bool tree_sleeps(void) {
  DIR *proc = opendir("/proc");
  bool asleep = true;
  for (struct dirent *entry; proc != NULL && asleep && (entry = readdir(proc)) != NULL;) {
    if (strtol(entry->d_name, NULL, 10) > 1) asleep = threads_sleep(entry->d_name);
  }
  if (proc != NULL) closedir(proc);
  return asleep;
}
