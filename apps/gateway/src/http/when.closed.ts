import type { ServerResponse } from 'node:http';

const actionsOf = new WeakMap<ServerResponse, (() => void)[]>();

/**
 * Does something when a response is over, however it ended; in the order in which it was asked for. All of it behind one
 * listener: the framework has seven of its own on a stream, and of more than ten Node warns as of a leak.
 */
export function whenClosed(response: ServerResponse, action: () => void): void {
  const known = actionsOf.get(response);
  if (known) {
    known.push(action);
    return;
  }
  const actions = [action];
  actionsOf.set(response, actions);
  response.once('close', () => {
    for (const act of actions) act();
  });
}
