#ifndef RUNBIN_SECCOMP_H
#define RUNBIN_SECCOMP_H

#include <stdbool.h>

/*
 * Loads the system call filter into the calling thread, for good. Returns 0, or -1 with errno.
 * `shares_ids`: nothing but the filter keeps the thread from what its uid may do to process 1.
 */
int seccomp_load(bool shares_ids);

#endif
