#ifndef RUNBIN_LOOP_H
#define RUNBIN_LOOP_H

/* Kills every process of the sandbox but this one. */
void kill_all(void);

/* Lets the program go, moves its bytes, watches its limits, and notes in the outcome how it ended. `signals` tells of SIGCHLD. */
void run(int signals);

#endif
