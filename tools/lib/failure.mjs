// @ts-check

/** Something a person can put right: its message is shown without a stack, and the tool exits with 1. */
export class Failure extends Error {}

/**
 * Runs a tool's main function; what it throws ends the process.
 * @param {() => Promise<void>} main
 */
export async function runTool(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exit(1);
  }
}
