import { randomUUID } from 'node:crypto';
import { until } from '../libs/platform/test/until';
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
  return until(
    `${line} is accepted`,
    async () => {
      const answer = await submit(key, line).catch(() => undefined);
      return answer?.status === 201 && acceptedOf(answer);
    },
    TIMEOUT_MS / 2,
  );
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
    let soFar = 0;
    const accepting = inParallel(keys, 8, async ({ key, line }) => {
      const accepted = await submitUntilAccepted(key, line);
      soFar++;
      return accepted;
    });
    for (const [index, service] of (['submission', 'gateway', 'submission'] as const).entries()) {
      await until('some more are accepted', () => soFar > index * 15, TIMEOUT_MS / 2);
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
