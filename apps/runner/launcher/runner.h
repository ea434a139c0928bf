/* The runner, where the launcher is root and the runner is not: the launcher starts it, and trusts it with nothing. */
#ifndef RUNBIN_RUNNER_H
#define RUNBIN_RUNNER_H

#include "view.h"

#include <stdbool.h>
#include <sys/types.h>

/* The process that may ask: our parent, or the runner that we started. */
pid_t runner_pid(void);

/* Whether the runner is a process of ours, under a user of its own. */
bool runner_is_ours(void);

/* @param arguments uid of the runner, first and number of the ids that its sandboxes may run under */
void name_runner(char *const *arguments);

/*
 * Starts the runner. Our descriptor 0 becomes one end of a socket, and the runner's descriptor 3 the other.
 * @param command becomes the runner's user by itself
 */
bool start_runner(char *const *command);

/* Takes notice when a child has ended. @returns whether it was the runner */
bool runner_ended(pid_t pid, int status);

/* Waits for its end. @returns the code to exit with, 0 where the runner is not ours */
int await_runner(void);

/* From here on, paths are looked up with no more rights than the runner has. */
void as_runner(void);
void as_ourselves(void);

/*
 * Whether a sandbox may be started under these ids. Of a runner that is ours every sandbox has a view, made under ids
 * of the range: a command without one, and bubblewrap without ids, would be root's.
 */
bool allows_ids(struct id_range ids, struct sandbox_ids sandbox, bool has_view);

/* Whether what was opened is the runner's, and a file of a cgroup. What stands at a path can change between two looks. */
bool is_runners_cgroup_file(int fd);

/* Whether this file lets processes into one of the directories that were made for the sandbox. */
bool is_procs_file(const char *file, char *const *directories, int count);

#endif
