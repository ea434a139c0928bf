/* The program: forked early, started when it is known, parked until its files are there. */
#ifndef RUNBIN_PROGRAM_H
#define RUNBIN_PROGRAM_H

#include "protocol.h"

#include <stdbool.h>
#include <stdint.h>

/* Forks the child: it joins the cgroup, drops what it must not have, and waits to be told what to become. */
void fork_program(void);
/* The body of an EXEC frame: kept until the program is started. */
void receive_exec(uint32_t size);
bool is_exec_known(void);

/*
 * Starts the program and lets it wait for its file, where it finds a pipe: in opening that; or where there is a
 * primer, in reading on behind these bytes, which the program does not mind before its own. Cuts `file` up.
 */
void park_program(char *file, const char *primer);
bool is_parked(void);
/* Says PARKED once the program sleeps. Returns whether that was said: there is nothing more to look at. */
bool look_at_parked(void);
/* Ends the sandbox if the parked program has ended. */
void expect_parked(void);
/* Stops the parked program and takes the pipe away, so that its file can be put there. */
void wake_program(void);

/* errno of what kept the program from starting; 0: it was started. Asked for once, when it has ended. */
int failure_to_start(void);

/* Applies the limits that are not the cgroup's, gives up what is left of privilege, and lets the program go. */
void release_program(void);

#endif
