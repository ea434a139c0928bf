/* Roots that sandboxes have one after the other: to make one costs as much as the rest of a sandbox. */
#ifndef RUNBIN_ROOTS_H
#define RUNBIN_ROOTS_H

#include "view.h"

struct root;

/*
 * A root of the view that nobody else has, until it is given back; made, where there is none.
 * @param generation of the directories below it: a root of another one is not given
 * @param complaint takes a text of `room` bytes: why there is none
 * @returns NULL: there is none
 */
struct root *take_root(const struct view *view, unsigned long generation, char *complaint, size_t room);

/* For start_in_view(). */
int mounts_of(const struct root *root);

/*
 * Once the last process of its sandbox is gone.
 * @param reusable false: some may be left
 */
void give_back_root(struct root *root, bool reusable);

#endif
