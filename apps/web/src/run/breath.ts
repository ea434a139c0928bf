/** Longer work than this keeps a page from drawing and from hearing what is pressed. */
const MOST_MS = 12;

/**
 * Lets long work pause for the page: `await breath()` between its parts costs nothing until it has gone on for some
 * milliseconds. By messages, since timers of a page in the background are held back.
 */
export function breaths(now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let since = now();
  return () => {
    if (now() - since < MOST_MS) return undefined;
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        since = now();
        resolve();
      };
      port2.postMessage(null);
    });
  };
}
