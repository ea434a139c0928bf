#ifndef RUNBIN_SECCOMP_H
#define RUNBIN_SECCOMP_H

/* Loads the system call filter into the calling thread, for good. Returns 0, or -1 with errno. */
int seccomp_load(void);

#endif
