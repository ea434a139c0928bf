/*
 * Theory of operation
 *
 * What a sandbox leaves in a root is what the kernel remembers of the names it looked up, which is why the next has a
 * quicker start. The host's directories are not meant to change below an overlay: a root made before an upgrade shows some
 * files of before. So it is made again when the runner says that they have changed, and after a minute, for what it does not see.
 * What is remembered may be much, and is forgotten in a process of its own.
 */
#define _GNU_SOURCE
#include "roots.h"

#include "devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LASTS_S 60

struct root {
  struct root *next;
  const struct view *view;
  unsigned number;
  int mounts; /* -1: it is to be made */
  bool taken;
  time_t made;
  unsigned long generation;
};

static struct root *roots;

static time_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec;
}

static bool is_good(const struct root *root, const struct view *view, unsigned long generation) {
  return root->mounts >= 0 && root->view == view && root->generation == generation && now() - root->made < LASTS_S;
}

/* The last descriptor of the namespace is the child's. */
static void discard(struct root *root) {
  if (root->mounts < 0) return;
  int held[2];
  bool piped = pipe2(held, O_CLOEXEC) == 0;
  if (piped && fork() == 0) {
    /* Nothing else: a connection that it held as well would end only with it. */
    place_descriptors((int[]){held[0], root->mounts}, 2);
    syscall(SYS_close_range, 2, ~0u, 0);
    char byte;
    _exit(read(0, &byte, 1) == 0 ? 0 : 1);
  }
  close(root->mounts);
  root->mounts = -1;
  if (piped) close(held[0]), close(held[1]);
}

static struct root *add_root(void) {
  struct root *root = calloc(1, sizeof *root);
  if (root == NULL) return NULL;
  *root = (struct root){.next = roots, .number = roots == NULL ? 0 : roots->number + 1, .mounts = -1};
  return roots = root;
}

/* One that is good; else one that is to be made. */
static struct root *find_root(const struct view *view, unsigned long generation) {
  struct root *unused = NULL;
  for (struct root *root = roots; root != NULL; root = root->next) {
    if (root->taken) continue;
    if (is_good(root, view, generation)) return root;
    /* What is good for another view is left to that. */
    if (!is_good(root, root->view, generation)) unused = root;
  }
  return unused != NULL ? unused : add_root();
}

struct root *take_root(const struct view *view, unsigned long generation, char *complaint, size_t room) {
  struct root *root = find_root(view, generation);
  if (root == NULL || (view->rootfs.own_devices && !make_device_nodes(root->number))) {
    snprintf(complaint, room, "devices of a root: %s", strerror(errno));
    return NULL;
  }
  if (!is_good(root, view, generation)) {
    discard(root);
    root->view = view;
    root->made = now();
    root->generation = generation;
    root->mounts = make_root_in_view(view, root->number, complaint, room);
  }
  root->taken = root->mounts >= 0;
  return root->taken ? root : NULL;
}

int mounts_of(const struct root *root) { return root->mounts; }

void give_back_root(struct root *root, bool reusable) {
  root->taken = false;
  if (!reusable) discard(root);
}
