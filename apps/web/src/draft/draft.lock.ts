/**
 * Takes a draft for this page, until the page goes: two pages that wrote one draft would undo each other's work.
 * @returns whether it is ours; where the browser knows no locks it always is
 */
export function claimDraft(id: string): Promise<boolean> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    locks
      .request(`runbin.draft.${id}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise(() => undefined) : undefined;
      })
      .catch(() => resolve(true));
  });
}
