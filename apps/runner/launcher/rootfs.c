/*
 * The root of a sandbox.
 *
 * Theory of operation
 *
 * Watches (inotify), locks (flock, fcntl) and access times belong to an inode. What two sandboxes, or one and the host, see
 * of the same file system by bind mounts has the same inodes, however read-only: whoever watches one is told what the others
 * open. An overlay has inodes of its own, and reads the files below without a trace in them. So a root is made of overlays
 * of a view's directories, in a mount namespace of its own, where the rest of the view is taken away:
 *
 *   /      LAYER: what the runner made for it, with the mount points of the rest
 *   /usr   and each other directory that is mounted in the view
 *   /dev   nodes of its own (devices.h): a device node on a file system of a user namespace cannot be opened. Without them,
 *          the view's nodes, one by one.
 *   /proc  the view's, with nobody in it, where each sandbox mounts its own: the kernel allows that only where there is one
 *
 * What a process holds of an inode ends with the process, so sandboxes have a root one after the other (roots.c). In its /proc, each
 * covers what is to be hidden by files of LAYER, as the root shows them: inodes of its own again.
 *
 * The first layer of an overlay is always NOTHING, which also answers for the size and the free space of the
 * whole: those must not be of the host's disk. It cannot be made of what has other mounts below it: those directories are bound.
 * xino: a file has the numbers that it is mapped under (/proc/self/maps), as on any file system. V8 looks for its own program by them, and copies 1.5 MiB of
 * it when it does not find it. It reads them as signed, and the kernel writes the number of the layer's file system into their highest bits,
 * into as few of them as there are file systems; so there are two more, FILLERS. The names of layers show in the sandbox's list of mounts. All of them are paths of the view, alike in every sandbox.
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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEW_ROOT "/tmp"
/* bubblewrap.policy.ts puts them there. */
#define LAYER "/box/layer"
#define NOTHING "/box/nothing"
#define INSTEAD "/box/proc"
#define FILLERS "/box/empty:/box/void"

#define SEALED (MS_RDONLY | MS_NOATIME | MS_NOSUID | MS_NODEV)
#define ROOM 512

static const char *const nodes[] = {"null", "zero", "full", "random", "urandom", "tty"};

/* Joins up to three texts; what does not fit is no path that exists. */
static const char *joined(char *room, const char *one, const char *two, const char *three) {
  snprintf(room, ROOM, "%s%s%s", one, two, three);
  return room;
}

static bool overlay(const char *layers, const char *target) {
  char options[3 * ROOM];
  snprintf(options, sizeof options, "xino=on,lowerdir=%s", layers);
  return mount("overlay", target, "overlay", SEALED, options) == 0;
}

/* A directory of the view's, by inodes of its own. */
static bool show(const char *path, const char *target) {
  char layers[2 * ROOM];
  snprintf(layers, sizeof layers, NOTHING ":%s:" FILLERS, path);
  return overlay(layers, target);
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

static bool make_devices(const struct rootfs *rootfs, unsigned number) {
  char source[ROOM], target[ROOM];
  if (rootfs->own_devices) {
    snprintf(source, sizeof source, DEVICES_IN_VIEW "/%u", number);
    return bind(source, NEW_ROOT "/dev") && seal(NEW_ROOT "/dev");
  }
  bool made = true;
  for (size_t i = 0; made && i < sizeof nodes / sizeof nodes[0]; i++) {
    made = bind(joined(source, "/dev/", nodes[i], ""), joined(target, NEW_ROOT "/dev/", nodes[i], ""));
  }
  return made;
}

static bool show_directory(const char *path) {
  char target[ROOM];
  return show(path, joined(target, NEW_ROOT, path, "")) ||
         mount(path, target, NULL, MS_BIND | MS_REC, NULL) == 0;
}

const char *make_root(const struct rootfs *rootfs, unsigned number) {
  static char failed[ROOM + 16];
  if (!show(LAYER, NEW_ROOT)) return "overlay of /";
  if (!make_devices(rootfs, number)) return "mount of /dev";
  for (char *const *step = rootfs->steps; *step != NULL; step++) {
    if (**step == 'c' && !show_directory(*step + 1)) return joined(failed, "mount of ", *step + 1, "");
  }
  if (!bind("/proc", NEW_ROOT "/proc")) return "the view's /proc";
  /* The old root lies on the new one then, and goes with all that is mounted below it. */
  if (chdir(NEW_ROOT) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return "pivot_root";
  return umount2(".", MNT_DETACH) == 0 ? NULL : "umount of the view";
}

/* Puts `name` of the files that stand for the kernel's over `path`. What this kernel does not have, any more, shows nothing. */
static bool cover(const struct rootfs *rootfs, const char *path, const char *name) {
  char source[ROOM];
  return bind(joined(source, rootfs->own_inodes ? "" : LAYER, INSTEAD, name), path) || errno == ENOENT;
}

static bool hide(const struct rootfs *rootfs, const char *step) {
  const char *path = step + 1;
  switch (*step) {
    case 'c': return true;
    case 'h': return cover(rootfs, path, path[strlen(path) - 1] == '/' ? "/nothing" : "/empty");
    case 'f': return cover(rootfs, path, strrchr(path, '/'));
    default: errno = EINVAL; return false;
  }
}

const char *mount_proc(const struct rootfs *rootfs) {
  static char failed[ROOM + 16];
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) return "mount of /proc";
  for (char *const *step = rootfs->steps; *step != NULL; step++) {
    if (!hide(rootfs, *step)) return joined(failed, "mount of ", *step + 1, "");
  }
  return NULL;
}

bool overlays_work(void) {
  pid_t pid = fork();
  /* Of directories in which nothing else is mounted, also in a container. */
  if (pid == 0) _exit(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && overlay("/usr/bin:/usr/lib", "/usr") ? 0 : 1);
  int status;
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}
