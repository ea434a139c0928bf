import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PENDING_MESSAGES, type Status } from '@runbin/contracts/status';
import { decodeBytes } from '@runbin/contracts/text';
import { Statement } from '@runbin/persistence/statement';
import { ResultRow } from './result.entity';
import { isFinished, type RunEvent } from './run.event';

/** A row as it is found. */
export type FoundResult = Omit<ResultRow, 'output_log'>;

/** A row that was written: made, or changed. */
export interface StoredChange {
  readonly submission_id: string;
  readonly final: boolean;
  readonly status: Status;
  readonly language: string;
}

/** Small columns, as they stand in the JSON parameter, with their types. */
const SCALARS = {
  attempt: 'integer',
  status: 'text',
  message: 'text',
  exit_code: 'integer',
  signal: 'integer',
  stdout_truncated: 'boolean',
  stderr_truncated: 'boolean',
  compile_exit_code: 'integer',
  compile_signal: 'integer',
  compile_output_truncated: 'boolean',
  compile_cpu_time_ms: 'double precision',
  compile_wall_time_ms: 'double precision',
  compile_cached: 'boolean',
  cpu_time_ms: 'double precision',
  wall_time_ms: 'double precision',
  memory_peak_bytes: 'bigint',
  degraded: 'jsonb',
  output_log: 'jsonb',
  language: 'text',
  language_version: 'text',
  queued_at: 'timestamptz',
  picked_at: 'timestamptz',
  sandbox_ready_at: 'timestamptz',
  compiled_at: 'timestamptz',
  started_at: 'timestamptz',
  finished_at: 'timestamptz',
} as const satisfies Partial<Record<keyof ResultRow, string>>;
type Scalars = Record<keyof typeof SCALARS, unknown>;

/** Columns of bytes: slices of the one binary parameter. */
const BODIES = ['stdout', 'stderr', 'compile_output'] as const;
type Bodies = Record<(typeof BODIES)[number], Buffer | null>;

const scalarNames = Object.keys(SCALARS);
const columns = [...scalarNames, ...BODIES];

/**
 * Any number of rows in one statement whose text never changes: the small columns as one JSON parameter, all
 * bytes as one binary parameter that is cut here. A final row is never touched again, and a row never goes
 * back to an earlier attempt.
 */
const UPSERT = new Statement<StoredChange>(
  'result.write',
  `
  insert into result (submission_id, ${columns.join(', ')})
  select event.submission_id, ${scalarNames.map((name) => `event.${name}`).join(', ')},
         ${BODIES.map((name) => `substring($2::bytea from event.${name}_start for event.${name}_length)`).join(', ')}
  from json_to_recordset($1::json) as event(
    submission_id uuid,
    ${Object.entries(SCALARS)
      .map(([name, type]) => `${name} ${type}`)
      .join(', ')},
    ${BODIES.map((name) => `${name}_start integer, ${name}_length integer`).join(', ')}
  )
  order by event.submission_id
  on conflict (submission_id) do update set ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}
  where result.finished_at is null and excluded.attempt >= result.attempt
  returning submission_id, finished_at is not null as final, status, language`,
);

const find = (wanted: readonly string[]) =>
  `select submission_id, ${wanted.join(', ')}, deleted_at from result where submission_id = $1 and deleted_at is null`;

/** Without the log: most who ask want the result as it came out. */
const FIND = new Statement<FoundResult>('result.find', find(columns.filter((name) => name !== 'output_log')));
const FIND_WITH_LOG = new Statement<ResultRow>('result.find_with_log', find(columns));

/**
 * What remains of a deleted result: a final row without a word of it. A row and not an entry elsewhere, because the
 * primary key then decides between a deletion and an outcome that arrive together.
 */
const DELETE = `
  insert into result (submission_id, attempt, status, message, stdout_truncated, stderr_truncated, degraded,
                      language, queued_at, started_at, finished_at, deleted_at)
  values ($1, 0, 'cancelled', '', false, false, '[]', '', now(), now(), now(), now())
  on conflict (submission_id) do update
    set ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}, deleted_at = excluded.deleted_at
  where result.deleted_at is null`;

@Injectable()
export class ResultStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Writes events, one per submission, together or not at all.
   * @returns what has changed; the others were late or known
   */
  write(events: readonly RunEvent[]): Promise<StoredChange[]> {
    const bytes: Buffer[] = [];
    let start = 1;
    const rows = events.map((event) => {
      const { scalars, bodies } = columnsOf(event);
      const row: Record<string, unknown> = { submission_id: event.submission_id, ...scalars };
      for (const name of BODIES) {
        const body = bodies[name];
        if (!body) continue;
        row[`${name}_start`] = start;
        row[`${name}_length`] = body.length;
        start += body.length;
        bytes.push(body);
      }
      return row;
    });
    return UPSERT.run(this.dataSource, [JSON.stringify(rows), Buffer.concat(bytes)]);
  }

  async find(submissionId: string): Promise<FoundResult | null> {
    const [row] = await FIND.run(this.dataSource, [submissionId]);
    return row ?? null;
  }

  async findWithLog(submissionId: string): Promise<ResultRow | null> {
    const [row] = await FIND_WITH_LOG.run(this.dataSource, [submissionId]);
    return row ?? null;
  }

  async delete(submissionId: string): Promise<void> {
    await this.dataSource.query(DELETE, [submissionId]);
  }

  /** Which of these are final, and be it that they were deleted. */
  async findFinals(submissionIds: readonly string[]): Promise<string[]> {
    const rows = await this.dataSource.query<Pick<ResultRow, 'submission_id'>[]>(
      'select submission_id from result where submission_id = any($1::uuid[]) and finished_at is not null',
      [submissionIds],
    );
    return rows.map(({ submission_id }) => submission_id);
  }
}

function columnsOf(event: RunEvent): { scalars: Scalars; bodies: Bodies } {
  const { attempt, language, language_version, queued_at, picked_at, started_at } = event;
  const run = { attempt, language, language_version, queued_at, picked_at, started_at };
  if (!isFinished(event)) {
    return {
      scalars: {
        ...run,
        sandbox_ready_at: null,
        compiled_at: null,
        status: 'running',
        message: PENDING_MESSAGES.running,
        exit_code: null,
        signal: null,
        stdout_truncated: false,
        stderr_truncated: false,
        compile_exit_code: null,
        compile_signal: null,
        compile_output_truncated: null,
        compile_cpu_time_ms: null,
        compile_wall_time_ms: null,
        compile_cached: null,
        cpu_time_ms: null,
        wall_time_ms: null,
        memory_peak_bytes: null,
        degraded: [],
        output_log: null,
        finished_at: null,
      },
      bodies: { stdout: null, stderr: null, compile_output: null },
    };
  }
  const { outcome, sandbox_ready_at, compiled_at, output_log, finished_at } = event;
  const { compile, usage } = outcome;
  return {
    scalars: {
      ...run,
      sandbox_ready_at,
      compiled_at,
      status: outcome.status,
      message: outcome.message,
      exit_code: outcome.exit_code,
      signal: outcome.signal,
      stdout_truncated: outcome.stdout_truncated,
      stderr_truncated: outcome.stderr_truncated,
      compile_exit_code: compile?.exit_code ?? null,
      compile_signal: compile?.signal ?? null,
      compile_output_truncated: compile?.output_truncated ?? null,
      compile_cpu_time_ms: compile?.cpu_time_ms ?? null,
      compile_wall_time_ms: compile?.wall_time_ms ?? null,
      compile_cached: compile?.cached ?? null,
      cpu_time_ms: usage?.cpu_time_ms ?? null,
      wall_time_ms: usage?.wall_time_ms ?? null,
      memory_peak_bytes: usage?.memory_peak_bytes ?? null,
      degraded: outcome.degraded,
      output_log,
      finished_at,
    },
    bodies: {
      stdout: decodeBytes({ content: outcome.stdout, encoding: outcome.stdout_encoding }),
      stderr: decodeBytes({ content: outcome.stderr, encoding: outcome.stderr_encoding }),
      compile_output: compile && decodeBytes({ content: compile.output, encoding: compile.output_encoding }),
    },
  };
}
