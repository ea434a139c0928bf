import { randomUUID } from 'node:crypto';
import { ResultSchema } from '@runbin/contracts/result';
import { SubmissionSchema } from '@runbin/contracts/submission';
import { GenerateUrlResponseSchema, GetSubmissionResponseSchema } from '@runbin/contracts/url';
import { processesNaming } from '../tools/lib/private.copy.mjs';
import { acceptedOf, bodyOf, problemOf } from './answers';
import { submitBurst } from './burst';
import type { Services, ServiceName } from './services';
import { useSystem } from './system';
import { until } from '../libs/platform/test/until';

const READY_TIMEOUT_MS = 120_000;
const FAULT_TIMEOUT_MS = 240_000;

describe('when parts of it fail', () => {
  const system = useSystem({ GATEWAY_RPC_TIMEOUT_MS: '2000' });

  const services = (): Services => {
    if (!system.services) throw new Error('these services are not ours to break');
    return system.services;
  };

  afterEach(() => system.client.untilReady(READY_TIMEOUT_MS), 2 * READY_TIMEOUT_MS);

  it(
    'a run whose runner is killed is run again, and nothing of the first try is left',
    async () => {
      const marker = `marker-${randomUUID()}`;
      const answer = await system.client.submitCode({
        language: 'python',
        code: 'import time; print("started", flush=True); time.sleep(6); print("done")',
        args: [marker],
      });
      const { submission_id } = acceptedOf(answer);
      await until('the program runs', () => processesNaming(marker).length > 0);
      const firstTry = processesNaming(marker);

      await services().kill('runner');
      await until(
        'the processes of the first try are gone',
        () => !firstTry.some((pid) => processesNaming(marker).includes(pid)),
      );

      const result = await system.client.finalResult(submission_id, { timeoutMs: 120_000 });
      expect(result).toMatchObject({ status: 'succeeded', attempt: 2, stdout: 'started\ndone\n' });
      await until('the processes of the second try are gone', () => processesNaming(marker).length === 0);
    },
    FAULT_TIMEOUT_MS,
  );

  it.each<ServiceName>(['result', 'submission', 'url', 'nats', 'runner', 'gateway'])(
    'every 201 of a burst gets its one result when %s is killed in the middle of it',
    async (victim) => {
      let killed: Promise<void> | undefined;
      const burst = await submitBurst(system.client, {
        count: 120,
        inFlight: 8,
        onAccepted: (soFar) => {
          if (soFar >= 40) killed ??= services().kill(victim);
        },
      });
      await killed;
      expect(killed).toBeDefined();
      expect(burst.accepted.length).toBeGreaterThanOrEqual(40);
      // Who was turned away was told so: a problem document, or a connection that the dead one could not answer.
      for (const refusal of burst.refused)
        expect(refusal).toMatch(/^503 .*"unavailable"|ECONNRESET|ECONNREFUSED|EPIPE|socket hang up/);
      await burst.expectOneFinalResultEach(150_000);
      await system.client.untilReady(READY_TIMEOUT_MS);
    },
    FAULT_TIMEOUT_MS,
  );

  describe('while one service is down, the others go on', () => {
    const HELLO = { language: 'python', code: 'print("hello")' };
    const GREETED = { status: 'succeeded', stdout: 'hello\n' };

    /** Runs the action while the service is down, and waits until all is well again. */
    async function without(service: ServiceName, action: () => Promise<void>): Promise<void> {
      const release = await services().hold(service);
      try {
        await action();
      } finally {
        await release();
        await system.client.untilReady(READY_TIMEOUT_MS);
      }
    }

    /** A finished submission with a link, made while all is well. */
    async function finished() {
      const { submission_id } = await system.client.run(HELLO);
      const { code } = bodyOf(await system.client.generateUrl(submission_id), 201, GenerateUrlResponseSchema);
      return { submission_id, code };
    }

    it(
      'url: submitting and polling',
      async () => {
        const { code, submission_id } = await finished();
        await without('url', async () => {
          expect(await system.client.run(HELLO)).toMatchObject(GREETED);
          const accepted = acceptedOf(await system.client.submitCode(HELLO));
          expect(await system.client.finalResult(accepted.submission_id)).toMatchObject(GREETED);
          problemOf(await system.client.getSubmission(code), 'unavailable');
          problemOf(await system.client.generateUrl(submission_id), 'unavailable');
          await until('the gateway says so', async () => !(await system.client.isReady()));
        });
        bodyOf(await system.client.getSubmission(code), 200, GetSubmissionResponseSchema);
      },
      FAULT_TIMEOUT_MS,
    );

    it(
      'result: submitting, making links, and the code that links show',
      async () => {
        const { code } = await finished();
        let accepted = '';
        await without('result', async () => {
          accepted = acceptedOf(await system.client.submitCode(HELLO)).submission_id;
          bodyOf(await system.client.generateUrl(accepted), 201, GenerateUrlResponseSchema);
          const shown = bodyOf(await system.client.getSubmission(code), 200, GetSubmissionResponseSchema);
          expect(shown.submission.code).toBe(HELLO.code);
          expect(shown).toMatchObject({ result: null, result_problem: { code: 'unavailable' } });
          problemOf(await system.client.getResult(accepted), 'unavailable');
        });
        expect(await system.client.finalResult(accepted)).toMatchObject(GREETED);
        const shown = bodyOf(await system.client.getSubmission(code), 200, GetSubmissionResponseSchema);
        expect(shown).toMatchObject({ result: GREETED, result_problem: null });
      },
      FAULT_TIMEOUT_MS,
    );

    it(
      'submission: the results of runs that are finished',
      async () => {
        const { code, submission_id } = await finished();
        await without('submission', async () => {
          expect(bodyOf(await system.client.getResult(submission_id), 200, ResultSchema)).toMatchObject(
            GREETED,
          );
          problemOf(await system.client.submitCode(HELLO), 'unavailable');
          problemOf(await system.client.generateUrl(submission_id), 'unavailable');
          problemOf(await system.client.getSubmission(code), 'unavailable');
        });
        expect(await system.client.run(HELLO)).toMatchObject(GREETED);
      },
      FAULT_TIMEOUT_MS,
    );

    it(
      'runner: submissions are taken and wait for it',
      async () => {
        const { code, submission_id } = await finished();
        let accepted = '';
        await without('runner', async () => {
          accepted = acceptedOf(await system.client.submitCode(HELLO)).submission_id;
          const waiting = bodyOf(await system.client.getResult(accepted), 200, ResultSchema);
          expect(waiting).toMatchObject({ status: 'queued', message: 'Your submission is in queue.' });
          expect(bodyOf(await system.client.getResult(submission_id), 200, ResultSchema)).toMatchObject(
            GREETED,
          );
          bodyOf(await system.client.getSubmission(code), 200, GetSubmissionResponseSchema);
        });
        expect(await system.client.finalResult(accepted)).toMatchObject(GREETED);
      },
      FAULT_TIMEOUT_MS,
    );

    it(
      'nats: nothing is accepted that could be lost, and the gateway says so',
      async () => {
        await without('nats', async () => {
          problemOf(await system.client.submitCode(HELLO), 'unavailable');
          expect((await system.client.request('GET', '/healthz')).status).toBe(200);
          await until('the gateway says so', async () => !(await system.client.isReady()));
        });
        expect(await system.client.run(HELLO)).toMatchObject(GREETED);
      },
      FAULT_TIMEOUT_MS,
    );
  });

  it(
    'data survives a restart of everything',
    async () => {
      const result = await system.client.run({
        language: 'python',
        code: 'print(input())',
        code_input: 'kept\0',
      });
      const { submission_id } = result;
      const link = bodyOf(await system.client.generateUrl(submission_id), 201, GenerateUrlResponseSchema);
      const read = async () =>
        bodyOf(await system.client.request('GET', `/v1/submissions/${submission_id}`), 200, SubmissionSchema);
      const before = await read();

      await services().restart();
      await system.client.untilReady(READY_TIMEOUT_MS);

      expect(await read()).toEqual(before);
      const again = bodyOf(await system.client.getResult(submission_id), 200, ResultSchema);
      expect(again).toMatchObject({ status: 'succeeded', stdout: 'kept\0\n' });
      const opened = bodyOf(await system.client.getSubmission(link.code), 200, GetSubmissionResponseSchema);
      const { submission_id: _id, ...shared } = again;
      expect(opened.result).toEqual(shared);
      expect(
        bodyOf(await system.client.generateUrl(submission_id), 200, GenerateUrlResponseSchema).code,
      ).toBe(link.code);
    },
    FAULT_TIMEOUT_MS,
  );

  it(
    'a stop in the middle of runs leaves no process behind, and the runs end after the next start',
    async () => {
      const marker = `marker-${randomUUID()}`;
      const submission = {
        language: 'bash',
        code: 'sleep 20 & sleep 20; echo done',
        args: [marker],
        limits: { wall_time_ms: 60_000 },
      };
      const { submission_id } = acceptedOf(await system.client.submitCode(submission));
      await until('the program runs', () => processesNaming(marker).length > 0);

      // A private copy fails here when any process outlives it.
      await services().restart();
      const result = await system.client.finalResult(submission_id, { timeoutMs: 120_000 });
      expect(result).toMatchObject({ status: 'succeeded', stdout: 'done\n' });
      expect(result.attempt).toBeGreaterThan(1);
    },
    FAULT_TIMEOUT_MS,
  );
});
