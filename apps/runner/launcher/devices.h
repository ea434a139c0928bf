/* Device nodes of its own for each root, so that what happens to them tells nobody of others. */
#ifndef RUNBIN_DEVICES_H
#define RUNBIN_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a place for them, if we may make any. Detaches our mounts from those of the host.
 * @param directory one of ours to mount on
 * @returns the place, below which each root has a directory; NULL: there is none
 */
const char *find_place_for_devices(const char *directory);

/* Makes the directory `root`, or leaves in the one that is there no trace of its use. */
bool make_device_nodes(unsigned root);

/* What would outlive us. */
void remove_devices(void);

#endif
