#define _GNU_SOURCE
#include "walls.h"

#include "frames.h"
#include "ids.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void mount_files(void) {
  char options[128];
  snprintf(options, sizeof options, "size=%llu,nr_inodes=%llu,mode=0755,uid=%u,gid=%u",
           (unsigned long long)setup.files_bytes, (unsigned long long)setup.files_inodes, PROGRAM_ID, PROGRAM_ID);
  /* One file system behind all three places, so that the size bounds them together. */
  if (mount("files", BOX, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) fault("mount of " BOX);
  static const struct {
    const char *inside, *target;
    mode_t mode;
  } places[] = {{BOX "/tmp", "/tmp", 01777}, {BOX "/shm", "/dev/shm", 01777}, {BOX "/box", BOX, 0755}};
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    if (mkdir(places[i].inside, places[i].mode) != 0 || chmod(places[i].inside, places[i].mode) != 0) {
      fault("mkdir %s", places[i].inside);
    }
    if (mount(places[i].inside, places[i].target, NULL, MS_BIND, NULL) != 0) fault("bind of %s", places[i].target);
  }
}

void mount_terminals(const char *place) {
  if (mount("terminals", place, "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0600,mode=0600,max=1") != 0) {
    fault("mount of %s", place);
  }
}

void resize_files(void) {
  char options[64];
  snprintf(options, sizeof options, "size=%llu,nr_inodes=%llu", (unsigned long long)setup.files_bytes,
           (unsigned long long)setup.files_inodes);
  if (mount(NULL, BOX, NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV, options) != 0) fault("resizing of " BOX);
}

void forbid_user_namespaces(void) {
  int fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) fault("forbidding user namespaces");
  close(fd);
}

void drop_bounding_set(void) {
  for (int capability = 0, bounded; (bounded = prctl(PR_CAPBSET_READ, capability, 0, 0, 0)) >= 0; capability++) {
    if (bounded && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM) fault("dropping capability %d", capability);
  }
}

void drop_capabilities(void) {
  drop_bounding_set();
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {{0}};
  if (syscall(SYS_capset, &header, none) != 0) fault("dropping capabilities");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fault("no_new_privs");
}

static bool is_ours(int fd) {
  if (fd <= 2 || fd == cgroup.cpu || fd == cgroup.oom || fd == cgroup.peak) return true;
  for (int i = 0; i < cgroup.joins; i++) {
    if (fd == cgroup.join[i]) return true;
  }
  return false;
}

void close_strangers(void) {
  for (int fd = 3; fd < 64; fd++) {
    if (is_ours(fd)) {
      fcntl(fd, F_SETFD, FD_CLOEXEC);
    } else {
      close(fd);
    }
  }
  syscall(SYS_close_range, 64, ~0u, 0);
}
