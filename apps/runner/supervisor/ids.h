/* Whose process is whose: the ids of the supervisor, and of the program. */
#ifndef RUNBIN_IDS_H
#define RUNBIN_IDS_H

#include <stdbool.h>
#include <sys/types.h>

/* uids and gids alike; bubblewrap.policy.ts has the same, and view.c maps them. */
enum ids { PROGRAM_ID = 1000, SUPERVISOR_ID = 1001 };

/*
 * Process 1 takes ids of its own. What it makes in the file systems is the program's from here on, and until part_ids()
 * it may stop the program and change its limits. Needs CAP_SETUID and CAP_SETGID; does nothing with SHARE_IDS.
 */
void take_ids(void);
/* From here on nothing of a stranger's program reaches process 1. In it, before the program is let go; for good. */
void part_ids(void);
/* The child takes the program's ids, and no others. Returns 0, or -1 with errno. */
int become_program_ids(void);
/* As kill(2), for processes of the program; -1 is all of them. Returns 0, or -1. */
int signal_program(pid_t target, int number);

/*
 * One signal, asked for before part_ids() and sent after it: without the child that signal_program() takes, which on a busy
 * machine would have to wait for its turn.
 */
void prepare_signal(pid_t target, int number);
void send_prepared_signal(void);

#endif
