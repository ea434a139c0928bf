/*
 * Theory of operation
 *
 * Only a file system that was mounted by the host's root shows device nodes that can be opened, and only somebody with CAP_MKNOD
 * makes them. Where we are that, we mount a small one in a mount namespace of ours, which goes when we do; where we may make
 * nodes but not mount (the composed runner), a directory in /dev has to do. A root's directory is made when it is first
 * wanted, and stays: no two sandboxes that live at the same time have one root. Sandboxes see it read-only.
 */
#define _GNU_SOURCE
#include "devices.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define ROOM 512
/* Not for blocks: nothing here has any. */
#define OPTIONS "mode=0755,size=64k,nr_inodes=131072"

static char place[ROOM];
static bool outlives_us;

static const struct {
  const char *name;
  unsigned major, minor;
} nodes[] = {{"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};

static const struct {
  const char *name, *target;
} links[] = {{"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"}};

/* Mount points of the supervisor's. */
static const char *const directories[] = {"shm", "pts"};

static bool fill(int directory) {
  bool made = true;
  mode_t mask = umask(0);
  for (size_t i = 0; made && i < sizeof nodes / sizeof nodes[0]; i++) {
    made = mknodat(directory, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)) == 0;
  }
  umask(mask);
  for (size_t i = 0; made && i < sizeof links / sizeof links[0]; i++) {
    made = symlinkat(links[i].target, directory, links[i].name) == 0;
  }
  for (size_t i = 0; made && i < sizeof directories / sizeof directories[0]; i++) {
    made = mkdirat(directory, directories[i], 0755) == 0;
  }
  return made;
}

/* The kernel notes there when a terminal was used, whatever the options of the mount. */
static bool forget_use(const char *directory) {
  char path[ROOM + 32];
  snprintf(path, sizeof path, "%s/tty", directory);
  return utimensat(AT_FDCWD, path, (struct timespec[2]){{0}}, AT_SYMLINK_NOFOLLOW) == 0;
}

bool make_device_nodes(unsigned root) {
  char path[ROOM + 16];
  snprintf(path, sizeof path, "%s/%u", place, root);
  if (mkdir(path, 0755) != 0) return errno == EEXIST && forget_use(path);
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  bool made = directory >= 0 && fill(directory);
  int error = errno;
  if (directory >= 0) close(directory);
  errno = error;
  return made;
}

/* Whether a node that is made here can also be opened. */
static bool serves(void) {
  char path[ROOM + 16];
  snprintf(path, sizeof path, "%s/0/null", place);
  int fd = make_device_nodes(0) ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd >= 0) close(fd);
  return fd >= 0;
}

static bool mount_place(const char *directory) {
  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0) return false;
  snprintf(place, sizeof place, "%s", directory);
  return mount("devices", place, "tmpfs", MS_NOSUID | MS_NOEXEC | MS_NOATIME, OPTIONS) == 0;
}

/* By a name that says nothing of us: it shows in the sandboxes' list of mounts. */
static bool make_place(void) {
  strcpy(place, "/dev/slots-XXXXXX");
  return outlives_us = mkdtemp(place) != NULL && chmod(place, 0755) == 0;
}

const char *find_place_for_devices(const char *directory) {
  if (geteuid() != 0) return NULL;
  if ((mount_place(directory) || make_place()) && serves()) return place;
  remove_devices();
  return NULL;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at) {
  (void)status, (void)kind, (void)at;
  return remove(path);
}

void remove_devices(void) {
  if (outlives_us) nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
