import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SubmitCodeResponse } from '@runbin/contracts/submission';
import type { Answer } from '../tools/lib/client.mjs';
import { acceptedOf, problemOf } from './answers';
import { inParallel } from './burst';
import { useSystem } from './system';

const COUNT = 60;
const TIMEOUT_MS = 240_000;

const system = useSystem();

const program = (line: string) => ({ language: 'python', code: 'print(input())', code_input: line });
const submit = (key: string, line: string): Promise<Answer> =>
  system.client.submitCode(program(line), { headers: { 'idempotency-key': key } });

/** As a good client: the same again, for as long as it was not answered, or told to come again. */
async function submitUntilAccepted(key: string, line: string): Promise<SubmitCodeResponse> {
  const deadline = performance.now() + TIMEOUT_MS / 2;
  for (;;) {
    const answer = await submit(key, line).catch(() => undefined);
    if (answer?.status === 201) return acceptedOf(answer);
    if (performance.now() > deadline) throw new Error(`not accepted: ${answer?.text}`);
    await delay(200);
  }
}

it('the same key and body are one submission, and another body is refused', async () => {
  const key = randomUUID();
  const [first, second] = await Promise.all([submit(key, 'one'), submit(key, 'one')]);
  expect(acceptedOf(first)).toEqual(acceptedOf(second));
  const replayed = [first, second].map(({ headers }) => headers['idempotency-replayed']);
  expect(replayed.sort()).toEqual(['true', undefined]);
  problemOf(await submit(key, 'two'), 'idempotency_key_reused');
  problemOf(await submit('k'.repeat(256), 'one'), 'invalid_request');
  problemOf(await submit('k'.repeat(10_000), 'one'), 'invalid_request');
});

it(
  'whatever is killed meanwhile, each key makes one submission, with one token and one result',
  async () => {
    const { services } = system;
    if (!services) throw new Error('the services are not ours to break');
    const keys = Array.from({ length: COUNT }, (_, number) => ({
      key: randomUUID(),
      line: `line ${number}`,
    }));
    const accepting = inParallel(keys, 8, ({ key, line }) => submitUntilAccepted(key, line));
    for (const service of ['submission', 'gateway', 'submission'] as const) {
      await delay(300);
      await services.kill(service);
    }
    const accepted = await accepting;
    expect(new Set(accepted.map(({ submission_id }) => submission_id)).size).toBe(COUNT);

    const again = await inParallel(keys, 8, ({ key, line }) => submitUntilAccepted(key, line));
    expect(again).toEqual(accepted);
    const results = await inParallel(accepted, 8, ({ submission_id }) =>
      system.client.finalResult(submission_id, { timeoutMs: TIMEOUT_MS / 2 }),
    );
    expect(results.map(({ stdout }) => stdout)).toEqual(keys.map(({ line }) => `${line}\n`));
  },
  TIMEOUT_MS,
);
