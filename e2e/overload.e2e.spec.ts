import { readFileSync } from 'node:fs';
import type { Result } from '@runbin/contracts/result';
import type { ProblemDocument } from '@runbin/contracts/problem';
import type { Answer } from '../tools/lib/client.mjs';
import { acceptedOf } from './answers';
import { inParallel } from './burst';
import { useSystem } from './system';

const MIB = 1024 * 1024;
const UNFINISHED_MAX = 80;
const CLIENT_UNFINISHED_MAX = 20;
/** Peak resident memory of any process of ours, whatever arrives. */
const MEMORY_BYTES = 512 * MIB;
const PARTS = ['gateway', 'submission', 'result', 'url', 'runner', 'nats'];

const TIMEOUT_MS = 300_000;
const REFUSALS = new Map([
  ['too_many_requests', 429],
  ['too_many_unfinished', 429],
  ['queue_full', 503],
  ['overloaded', 503],
]);

const system = useSystem({
  // One slow lane: ten runs a second, however fast the machine is.
  RUNNER_PERMITS: '1',
  RUNNER_LANGUAGES: 'python',
  GATEWAY_TRUSTED_PROXIES: 'loopback',
  GATEWAY_CLIENT_RATE_PER_S: '5',
  GATEWAY_CLIENT_BURST: '25',
  // Results are asked for in the names of all clients, from here.
  GATEWAY_CLIENT_READ_RATE_PER_S: '0',
  GATEWAY_BODIES_BYTES: String(16 * MIB),
  SUBMISSION_UNFINISHED_MAX: String(UNFINISHED_MAX),
  SUBMISSION_CLIENT_UNFINISHED_MAX: String(CLIENT_UNFINISHED_MAX),
});

const program = (line: string, paddingBytes: number, seconds: number) => ({
  language: 'python',
  code: `import time; time.sleep(${seconds}); print(input())`,
  code_input: `${line}\n${'x'.repeat(paddingBytes)}`,
});
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const submit = (address: string, line: string, paddingBytes = 0, seconds = 0.1) =>
  system.client.submitCode(program(line, paddingBytes, seconds), from(address));
const finished = (id: string) => system.client.finalResult(id, { timeoutMs: TIMEOUT_MS });
const startOf = ({ timeline }: Result) => Date.parse(timeline.started_at ?? '');

/** The most memory that a part has ever had resident, in bytes. */
function peakOf(part: string): number {
  const found = system.copy?.processOf(part);
  if (!found) throw new Error(`${part} does not run`);
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${found.pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

function expectCleanRefusal(answer: Answer): void {
  const { code } = answer.json as ProblemDocument;
  expect({ code, status: answer.status }).toEqual({ code, status: REFUSALS.get(code) });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
}

it(
  'far more than it can do: what it accepts ends, what it refuses is refused cleanly, and memory stays bounded',
  async () => {
    const requests = Array.from({ length: 2_000 }, (_, number) => ({
      line: `line ${number}`,
      // Every other one is of one client: too many of its own on a slow machine, too.
      address: number % 2 === 0 ? '192.0.2.200' : `192.0.2.${number % 16}`,
      paddingBytes: number % 10 === 5 ? MIB : 0,
    }));
    const answers = await inParallel(requests, 128, ({ address, line, paddingBytes }) =>
      submit(address, line, paddingBytes),
    );
    const accepted = answers.flatMap((answer, index) =>
      answer.status === 201
        ? [{ id: acceptedOf(answer).submission_id, line: requests[index]?.line ?? '' }]
        : [],
    );
    for (const answer of answers) if (answer.status !== 201) expectCleanRefusal(answer);
    const codes = answers.map(({ json }) => (json as ProblemDocument).code);
    expect(codes).toEqual(expect.arrayContaining(['queue_full', 'too_many_requests']));
    expect(accepted.length).toBeGreaterThanOrEqual(UNFINISHED_MAX / 2);
    expect(accepted.length).toBeLessThan(requests.length / 2);

    const results = await inParallel(accepted, 16, ({ id }) => finished(id));
    expect(results.map(({ status, stdout }) => ({ status, stdout }))).toEqual(
      accepted.map(({ line }) => ({ status: 'succeeded', stdout: `${line}\n` })),
    );
    for (const part of PARTS)
      expect({ part, withinBound: peakOf(part) < MEMORY_BYTES }).toEqual({ part, withinBound: true });

    const { submission_id } = acceptedOf(await submit('198.51.100.1', 'right after'));
    expect((await finished(submission_id)).stdout).toBe('right after\n');
  },
  TIMEOUT_MS,
);

it(
  "one client's flood delays another's single run by no more than its own turn",
  async () => {
    const flood = await inParallel(
      Array.from({ length: CLIENT_UNFINISHED_MAX + 5 }, (_, number) => number),
      8,
      // So long that the flood has not ended before the single run comes, however slowly that is sent.
      (number) => submit('203.0.113.1', `flood ${number}`, 0, 0.4),
    );
    const ids = flood
      .filter(({ status }) => status === 201)
      .map((answer) => acceptedOf(answer).submission_id);
    expect(ids.length).toBeGreaterThanOrEqual(CLIENT_UNFINISHED_MAX / 2);
    const { submission_id } = acceptedOf(await submit('203.0.113.2', 'single'));
    const single = await finished(submission_id);
    const others = await inParallel(ids, 8, finished);
    const queuedAt = Date.parse(single.timeline.queued_at);
    const passedBy = others.filter((one) => startOf(one) > queuedAt && startOf(one) < startOf(single));
    // Its first four are light too, and between any two of the light ones goes one of the rest.
    expect(passedBy.length).toBeLessThanOrEqual(2 * 4 + 1);
    expect(others.filter((one) => startOf(one) > startOf(single)).length).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
