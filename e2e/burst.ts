import type { Result } from '@runbin/contracts/result';
import { SubmitCodeResponseSchema } from '@runbin/contracts/submission';
import type { Answer, Client } from '../tools/lib/client.mjs';

/** One submission that was answered 201, and the line that only its own program prints. */
export interface Accepted {
  submissionId: string;
  line: string;
}

/** Many submissions at once, each telling its own program from all others. */
export class Burst {
  readonly accepted: Accepted[] = [];
  /** Answers other than 201, and errors: allowed while something is broken, never afterwards. */
  readonly refused: string[] = [];

  constructor(private readonly client: Client) {}

  async submit(line: string): Promise<void> {
    const submission = { language: 'python', code: 'print(input())', code_input: line };
    const answer = await this.client.submitCode(submission).catch((error: unknown) => String(error));
    if (typeof answer === 'string') this.refused.push(answer);
    else this.record(answer, line);
  }

  /**
   * Reads every result until it is final, then all of them again: the second reading must be the first.
   * @param timeoutMs for all of them together
   */
  async expectOneFinalResultEach(timeoutMs: number): Promise<Result[]> {
    const deadline = performance.now() + timeoutMs;
    const finalOf = ({ submissionId }: Accepted) =>
      this.client.finalResult(submissionId, { timeoutMs: deadline - performance.now() });
    const results = await inParallel(this.accepted, 16, finalOf);
    expect(results.map(({ status, stdout }) => ({ status, stdout }))).toEqual(
      this.accepted.map(({ line }) => ({ status: 'succeeded', stdout: `${line}\n` })),
    );
    expect(await inParallel(this.accepted, 16, finalOf)).toEqual(results);
    return results;
  }

  private record(answer: Answer, line: string): void {
    if (answer.status !== 201) this.refused.push(`${answer.status} ${answer.text.slice(0, 200)}`);
    else
      this.accepted.push({ submissionId: SubmitCodeResponseSchema.parse(answer.json).submission_id, line });
  }
}

/**
 * Submits `count` programs, `inFlight` at a time.
 * @param onAccepted told after each how many were accepted so far
 */
export async function submitBurst(
  client: Client,
  { count, inFlight, onAccepted }: { count: number; inFlight: number; onAccepted?: (soFar: number) => void },
): Promise<Burst> {
  const burst = new Burst(client);
  const numbers = Array.from({ length: count }, (_, number) => number);
  await inParallel(numbers, inFlight, async (number) => {
    await burst.submit(`line ${number} of ${count}`);
    onAccepted?.(burst.accepted.length);
  });
  return burst;
}

/** Results in the order of the items, whatever the order in which they came. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  parallel: number,
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  const worker = async () => {
    for (const [at, item] of entries) results[at] = await action(item);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}
