#ifndef RUNBIN_WALLS_H
#define RUNBIN_WALLS_H

/* Mounts the writable file systems at the size of `setup`; needs CAP_SYS_ADMIN over the mount namespace. */
void mount_files(void);
/* Mounts file systems for one terminal, and no more, that nobody else has; needs the same. */
void mount_terminals(const char *place);
/* Brings the writable file systems to the size of `setup`. */
void resize_files(void);
/* Where the kernel lets a user namespace be made, much of its attack surface opens. The seccomp filter refuses it too. */
void forbid_user_namespaces(void);
/* Nothing that is executed later can have a capability; where we hold CAP_SETPCAP. */
void drop_bounding_set(void);
/* For good, in the calling process; what it executes gains no privileges either. */
void drop_capabilities(void);
/* Whatever else was inherited, from the runner or from who started the runner, goes. */
void close_strangers(void);

#endif
