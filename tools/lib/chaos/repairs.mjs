// @ts-check

/**
 * What Docker says of a container (`docker inspect`), as far as a fault may change it.
 * @typedef {object} Inspected
 * @property {{Running: boolean, Paused: boolean, Restarting: boolean}} State
 * @property {{Networks: Record<string, {IPAddress: string}>}} NetworkSettings
 */
/** @typedef {{do: 'unpause'} | {do: 'start'} | {do: 'connect', network: string, aliases: string[]}} Repair */

/**
 * What a person would have to do to a container to take back what was done to it; nothing while Docker itself is
 * about to start it again.
 * @param {Inspected} container
 * @param {Record<string, string[]>} networks that it was made in, and its names there
 * @returns {Repair[]}
 */
export function repairsOf({ State, NetworkSettings }, networks) {
  /** @type {Repair[]} */
  const repairs = Object.entries(networks)
    .filter(([network]) => !(network in NetworkSettings.Networks))
    .map(([network, aliases]) => ({ do: 'connect', network, aliases }));
  if (State.Paused) repairs.push({ do: 'unpause' });
  if (!State.Running && !State.Restarting) repairs.push({ do: 'start' });
  return repairs;
}
