/*
 * The root of one sandbox.
 *
 * Theory of operation
 *
 * Watches (inotify), locks (flock, fcntl) and access times belong to an inode. What two sandboxes, or one and the host, see
 * of the same file system by bind mounts has the same inodes, however read-only: whoever watches one is told what the others
 * open. An overlay has inodes of its own, and reads the files below without a trace in them. So each sandbox mounts overlays of
 * its own over the directories of its view, on a directory of the view that is empty, and makes that its root:
 *
 *   /      LAYER: what the runner made for it, with the mount points of the rest
 *   /usr   and each other directory that is mounted in the view
 *   /dev   nodes of its own (devices.h): a device node on a file system of a user namespace cannot be opened. Without them,
 *          the view's nodes, one by one.
 *   /proc  its own, with what is to be hidden covered by files of LAYER, as the new root shows them: inodes of its own again
 *
 * An overlay takes two layers. The upper one is always NOTHING, which also answers for the size and the free space of the
 * whole: those must not be of the host's disk. It cannot be made of what has other mounts below it: those directories are bound.
 * The names of layers show in the sandbox's list of mounts. All of them are paths of the view, alike in every sandbox.
 * Everything below /box is covered by the writable file system before a program runs (supervisor's walls.c).
 */
#define _GNU_SOURCE
#include "rootfs.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEW_ROOT "/tmp"
/* bubblewrap.policy.ts puts them there. */
#define LAYER "/box/layer"
#define NOTHING "/box/nothing"
#define INSTEAD "/box/proc"

#define SEALED (MS_RDONLY | MS_NOATIME | MS_NOSUID | MS_NODEV)
#define ROOM 512

static const char *const nodes[] = {"null", "zero", "full", "random", "urandom", "tty"};

/* Joins up to three texts; what does not fit is no path that exists. */
static const char *joined(char *room, const char *one, const char *two, const char *three) {
  snprintf(room, ROOM, "%s%s%s", one, two, three);
  return room;
}

static bool overlay(const char *upper, const char *lower, const char *target) {
  char layers[2 * ROOM];
  snprintf(layers, sizeof layers, "lowerdir=%s:%s", upper, lower);
  return mount("overlay", target, "overlay", SEALED, layers) == 0;
}

static bool bind(const char *source, const char *target) { return mount(source, target, NULL, MS_BIND, NULL) == 0; }

/*
 * Read-only by ourselves: bubblewrap's --remount-ro closes device nodes as well. How access times are kept cannot be changed
 * for what comes from another user namespace.
 */
static bool seal(const char *path) {
  struct statvfs now;
  if (statvfs(path, &now) != 0) return false;
  unsigned long times = now.f_flag & ST_NOATIME ? MS_NOATIME : now.f_flag & ST_RELATIME ? MS_RELATIME : MS_STRICTATIME;
  if (now.f_flag & ST_NODIRATIME) times |= MS_NODIRATIME;
  return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC | times, NULL) == 0;
}

static bool make_devices(const struct rootfs *rootfs, unsigned slot) {
  char source[ROOM], target[ROOM];
  if (rootfs->own_devices) {
    snprintf(source, sizeof source, DEVICES_IN_VIEW "/%u", slot);
    return bind(source, NEW_ROOT "/dev") && seal(NEW_ROOT "/dev");
  }
  bool made = true;
  for (size_t i = 0; made && i < sizeof nodes / sizeof nodes[0]; i++) {
    made = bind(joined(source, "/dev/", nodes[i], ""), joined(target, NEW_ROOT "/dev/", nodes[i], ""));
  }
  return made;
}

/* Puts `name` of the files that stand for the kernel's over `path`. What this kernel does not have, any more, shows nothing. */
static bool cover(const struct rootfs *rootfs, const char *path, const char *name) {
  char source[ROOM], target[ROOM];
  joined(source, rootfs->own_inodes ? NEW_ROOT : LAYER, INSTEAD, name);
  return bind(source, joined(target, rootfs->own_inodes ? NEW_ROOT : "", path, "")) || errno == ENOENT;
}

static bool take_step(const struct rootfs *rootfs, const char *step) {
  const char *path = step + 1;
  char target[ROOM];
  switch (*step) {
    case 'c':
      return !rootfs->own_inodes || overlay(NOTHING, path, joined(target, NEW_ROOT, path, "")) ||
             mount(path, target, NULL, MS_BIND | MS_REC, NULL) == 0;
    case 'h': return cover(rootfs, path, path[strlen(path) - 1] == '/' ? "/nothing" : "/empty");
    case 'f': return cover(rootfs, path, strrchr(path, '/'));
    default: errno = EINVAL; return false;
  }
}

const char *change_root(const struct rootfs *rootfs, unsigned slot) {
  const char *root = rootfs->own_inodes ? NEW_ROOT : "";
  static char failed[ROOM + 16];
  if (rootfs->own_inodes && !overlay(NOTHING, LAYER, NEW_ROOT)) return "overlay of /";
  if (rootfs->own_inodes && !make_devices(rootfs, slot)) return "mount of /dev";
  joined(failed, root, "/proc", "");
  if (mount("proc", failed, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) return "mount of /proc";
  for (char *const *step = rootfs->steps; *step != NULL; step++) {
    if (!take_step(rootfs, *step)) return joined(failed, "mount of ", *step + 1, "");
  }
  if (rootfs->own_inodes && (chdir(NEW_ROOT) != 0 || chroot(".") != 0)) return "chroot";
  return NULL;
}

bool overlays_work(void) {
  pid_t pid = fork();
  /* Of directories in which nothing else is mounted, also in a container. */
  if (pid == 0) _exit(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && overlay("/usr/bin", "/usr/lib", "/usr") ? 0 : 1);
  int status;
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}
