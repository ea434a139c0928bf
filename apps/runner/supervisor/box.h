/* Files into the box and out of it: always through here, never by a path from outside. */
#ifndef RUNBIN_BOX_H
#define RUNBIN_BOX_H

#include <stdint.h>

/* Opens the directory that holds `name`, making it, and leaves the last segment in *last. Follows no link; cuts `name` up. */
int open_parent(char *name, char **last);

/* The bodies of DIR and FILE frames. What does not fit is noted in the outcome. */
void receive_directory(uint32_t size);
void receive_file(uint32_t size);

/* Sends the regular files below the directory, when nothing runs in the sandbox any more. */
void send_artifacts(const char *name);

#endif
