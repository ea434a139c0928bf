/* The root of a sandbox: inodes of its own over what a view shows, and a /proc that says little of the host. */
#ifndef RUNBIN_ROOTFS_H
#define RUNBIN_ROOTFS_H

#include <stdbool.h>

#define MAX_STEPS 256
/* Where a view holds the directories of device nodes, one for each root (devices.h). */
#define DEVICES_IN_VIEW "/box/devices"

/* How a root is made from a view. Without inodes of its own a sandbox has the view itself for its root. */
struct rootfs {
  bool own_inodes, own_devices;
  /*
   * A letter and a path each, in their order:
   *   c  directory of the view, to be shown by inodes of the sandbox's own
   *   h  file of /proc to be empty; with a slash behind it, a directory
   *   f  file or directory of /proc to be replaced by what stands in the layer under its last segment
   */
  char *steps[MAX_STEPS + 1];
};

/*
 * In a mount namespace that was copied from the view's, with CAP_SYS_ADMIN over it: makes a root and leaves nothing else there.
 * @param number names the directory of device nodes that this root shows, and no other
 * @returns NULL, or what could not be done, with errno
 */
const char *make_root(const struct rootfs *rootfs, unsigned number);

/*
 * In process 1, with every capability over its namespaces: gives it a /proc of its own.
 * @returns NULL, or what could not be done, with errno
 */
const char *mount_proc(const struct rootfs *rootfs);

/* @returns whether an overlay can be mounted in a user namespace here */
bool overlays_work(void);

#endif
