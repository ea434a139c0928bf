/* What sandboxes see, made once by bubblewrap, and the sandboxes that are cloned from it. */
#ifndef RUNBIN_VIEW_H
#define RUNBIN_VIEW_H

#include "rootfs.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Uids and gids of the host that sandboxes may run under; count 0: ours alone. */
struct id_range {
  uint32_t first, count;
};

/* Host uids and gids of one sandbox, alike; 0: both are ours. */
struct sandbox_ids {
  uid_t program, supervisor;
};

/* Descriptors of namespaces in which no process is left. */
struct view {
  int users;  /* owns the other; in it, the ids of the range have the numbers that they have on the host */
  int mounts; /* with a /proc that has nobody in it */
  struct id_range ids;
  struct rootfs rootfs;
};

/*
 * Has bubblewrap make a view. Sets the descriptors and the range of ids. Blocks until it is there, and `patience_ms` at most.
 * @param arguments of bwrap, from its own name on, without a command
 * @param complaint takes a text of `room` bytes: why there is none
 */
bool make_view(struct view *view, char *const *arguments, struct id_range ids, int patience_ms, char *complaint,
               size_t room);

/*
 * Makes a root of it (rootfs.h), in a mount namespace in which no process is left.
 * @param number as for make_root()
 * @param complaint takes a text of `room` bytes: why there is none
 * @returns a descriptor of that namespace; -1: there is none
 */
int make_root_in_view(const struct view *view, unsigned number, char *complaint, size_t room);

/*
 * Starts process 1 of a new sandbox as our child: in a user namespace of its own that maps `ids` and nothing else, with pid,
 * network, IPC, UTS, cgroup and mount namespaces that this one owns, and nothing to see but a root of the view and its own /proc.
 * @param root of make_root_in_view(); the view's own mounts where sandboxes have no inodes of their own
 * @param ids of the range; 0 where that is empty
 * @param given descriptors that it starts with, as 0, 1, ...
 * @param command with the path in the view, which its root need not show
 * @returns its pid; 0 when there is none, and why is on the last of the first three descriptors
 */
pid_t start_in_view(const struct view *view, int root, struct sandbox_ids ids, const int *given, int given_count,
                    char *const *command);

/* Puts descriptors in their places and leaves no other open beyond an exec. */
void place_descriptors(const int *given, int count);

#endif
