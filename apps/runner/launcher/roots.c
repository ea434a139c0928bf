/*
 * Theory of operation
 *
 * What a sandbox leaves in a root is what the kernel remembers of the names it looked up, which is why the next has a
 * quicker start. The host's directories are not meant to change below an overlay: a root made before an upgrade shows some
 * files of before. So it is made anew after a minute.
 */
#define _GNU_SOURCE
#include "roots.h"

#include "devices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
};

static struct root *roots;

static time_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec;
}

static bool is_fresh(const struct root *root) {
  return root->mounts >= 0 && now() - root->made < LASTS_S;
}

static void discard(struct root *root) {
  if (root->mounts >= 0) close(root->mounts);
  root->mounts = -1;
}

static struct root *add_root(void) {
  struct root *root = calloc(1, sizeof *root);
  if (root == NULL) return NULL;
  *root = (struct root){.next = roots, .number = roots == NULL ? 0 : roots->number + 1, .mounts = -1};
  return roots = root;
}

/* One of this view; else one that is to be made. */
static struct root *find_root(const struct view *view) {
  struct root *unmade = NULL;
  for (struct root *root = roots; root != NULL; root = root->next) {
    if (root->taken) continue;
    if (!is_fresh(root)) discard(unmade = root);
    else if (root->view == view) return root;
  }
  return unmade != NULL ? unmade : add_root();
}

struct root *take_root(const struct view *view, char *complaint, size_t room) {
  struct root *root = find_root(view);
  if (root == NULL || (view->rootfs.own_devices && !make_device_nodes(root->number))) {
    snprintf(complaint, room, "devices of a root: %s", strerror(errno));
    return NULL;
  }
  if (root->mounts < 0) {
    root->view = view;
    root->made = now();
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
