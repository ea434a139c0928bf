import { createContext, Script } from 'node:vm';

const TASK = new Script('task()');
const surroundings: { task: () => unknown } = { task: () => undefined };
createContext(surroundings);

/**
 * What a computation comes to, or undefined when it takes longer. It is cut off wherever it is, in a regular expression
 * too: this is for what a stranger's text can make slow. Errors are thrown on.
 */
export function withinTime<Value>(limitMs: number, task: () => Value): Value | undefined {
  surroundings.task = task;
  try {
    return TASK.runInContext(surroundings, { timeout: Math.ceil(limitMs) }) as Value;
  } catch (error) {
    // Of another realm, perhaps: instanceof says nothing here.
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return undefined;
    throw error;
  }
}
