/**
 * Every NATS subject, named in one place. Subjects start with the app that owns them. Request/reply subjects
 * stand with their messages in rpc.ts.
 */
export const WORK_STREAM = 'WORK';
export const RUNS_STREAM = 'RUNS';
/** Dead letters wait here for a person. */
export const DEAD_STREAM = 'DEAD';

/**
 * Work waits in two lanes, which are served in turns (ADR 0012): `bulk` is what a client submits while it has
 * several runs unfinished, `light` everything else.
 */
export const LANES = ['light', 'bulk'] as const;
export type Lane = (typeof LANES)[number];

/** Work is one subject per language, lane and submission: the broker holds a submission at most once (ADR 0004). */
export const WORK_SUBJECTS = ['work.*.*', 'work.*.bulk.*'];
const laneOf = (language: string, lane: Lane) => (lane === 'light' ? language : `${language}.${lane}`);
export const workSubject = (language: string, submissionId: string, lane: Lane = 'light') =>
  `work.${laneOf(language, lane)}.${submissionId}`;
export const workFilter = (language: string, lane: Lane = 'light') => `work.${laneOf(language, lane)}.*`;
/** One durable pull consumer per language and lane. */
export const workConsumer = (language: string, lane: Lane = 'light') =>
  lane === 'light' ? `work-${language}` : `work-${language}-${lane}`;

export const RUN_STARTED = 'run.started';
export const RUN_FINISHED = 'run.finished';
export const RUN_DEAD = 'run.dead';
/** The durable consumer of the result service, shared by its replicas. */
export const RUNS_CONSUMER = 'result';

/** What a run writes while it goes on, and what it is sent (live.ts). */
export const outputSubject = (submissionId: string) => `output.${submissionId}`;
export const inputSubject = (submissionId: string) => `input.${submissionId}`;
export const RESULT_READY_ALL = 'result.ready.*';
export const resultReadySubject = (submissionId: string) => `result.ready.${submissionId}`;

export const RUNNER_HEARTBEAT = 'runner.heartbeat';
/** Whoever has just started asks every runner to say at once what it offers. */
export const RUNNER_ANNOUNCE = 'runner.announce';
