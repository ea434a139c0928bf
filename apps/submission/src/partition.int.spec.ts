import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { migrate } from '@runbin/persistence/connect';
import { dataSourceOptions } from '@runbin/persistence/data.source';
import { Cleanup } from '../../../libs/persistence/test/cleanup';
import { PostgresServer } from '../../../libs/persistence/test/postgres.server';
import { PartitionByDay1764400000000 } from './migrations/1764400000000-partition-by-day';
import { submissionEntities, submissionMigrations } from './submission.module';

const DAY_MS = 24 * 3_600_000;

describe('partitioning a database that is in use', () => {
  const cleanup = new Cleanup();
  let dataSource: DataSource;

  const before = submissionMigrations.slice(0, submissionMigrations.indexOf(PartitionByDay1764400000000));
  const optionsWith = (DATABASE_URL: string, migrations: typeof submissionMigrations) =>
    dataSourceOptions(
      { DATABASE_URL, DATABASE_POOL_SIZE: 2, DATABASE_STATEMENT_TIMEOUT_MS: 5_000 },
      'submission',
      submissionEntities,
      migrations,
    );
  const everything = async () => ({
    submissions: await dataSource.query<object[]>('select * from submission order by id'),
    files: await dataSource.query<object[]>('select * from submission_file order by submission_id, position'),
  });

  afterAll(() => cleanup.run());

  it('loses nothing, forth and back', async () => {
    const postgres = await cleanup.add(PostgresServer.start(), (server) => server.stop());
    const url = await postgres.createDatabase('submission');
    await migrate(optionsWith(url, before));
    dataSource = await cleanup.add(
      new DataSource(optionsWith(url, submissionMigrations)).initialize(),
      (open) => open.destroy(),
    );
    const now = Date.now();
    const ids = [-400, -1, 0, 1].map((days) => uuidv7({ msecs: now + days * DAY_MS }));
    for (const id of [...ids, randomUUID(), 'ffffffff-ffff-4fff-bfff-ffffffffffff']) {
      await dataSource.query(
        `insert into submission (id, language, args, compiler_args, limits, code_input, owner_token_sha256, created_at,
                                 dispatch, dispatched_at)
         values ($1, 'python', '["a"]', '[]', '{}', '\\x00ff', '\\xab', now(), 1, now())`,
        [id],
      );
      await dataSource.query(
        `insert into submission_file select $1, n, 'name', '\\x00ff' from generate_series(0, 2) n`,
        [id],
      );
    }
    const old = await everything();
    expect([old.submissions.length, old.files.length]).toEqual([6, 18]);

    await dataSource.runMigrations({ transaction: 'each' });
    expect(await everything()).toEqual(old);
    const [place] = await dataSource.query<object[]>(
      'select tableoid::regclass::text as place from submission where id = $1',
      [ids[0]],
    );
    expect(place).toEqual({ place: 'day.submission_first' });

    await dataSource.undoLastMigration({ transaction: 'each' });
    expect(await everything()).toEqual(old);
    await dataSource.runMigrations({ transaction: 'each' });
    expect(await everything()).toEqual(old);
    expect(await dataSource.driver.createSchemaBuilder().log()).toMatchObject({ upQueries: [] });
  });
});
