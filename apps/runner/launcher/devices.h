/* Device nodes of its own for each sandbox, so that what happens to them tells nobody of others. */
#ifndef RUNBIN_DEVICES_H
#define RUNBIN_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a place for them, if we may make any. Detaches our mounts from those of the host.
 * @param directory one of ours to mount on
 * @returns the place, below which each sandbox has a directory; NULL: there is none
 */
const char *find_place_for_devices(const char *directory);

/* Makes the directory `slot`, if it is not there. */
bool make_device_nodes(unsigned slot);

/* What would outlive us. */
void remove_devices(void);

#endif
