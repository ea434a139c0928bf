import { DataSource } from 'typeorm';
import { urlCreate, urlLinked, urlResolve, urlRetire, urlRevoke } from '@runbin/contracts/rpc';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { Cleanup } from '../../../libs/persistence/test/cleanup';
import { PostgresServer } from '../../../libs/persistence/test/postgres.server';
import { schemaOf } from '../../../libs/persistence/test/schema';
import { Caller, eventually, RunningService } from '../../../libs/persistence/test/service';
import { LinkCodes } from './link.code';
import { urlEntities, UrlModule, urlMigrations } from './url.module';

const SALT = 'a salt of the test';
const idOf = (n: number) => `019338e0-7b5c-7d64-9c7e-${String(n).padStart(12, '0')}`;

let postgres: PostgresServer;
let service: RunningService;
let caller: Caller;
const cleanup = new Cleanup();

beforeAll(async () => {
  postgres = await cleanup.add(PostgresServer.start(), (server) => server.stop());
  const nats = await cleanup.add(NatsServer.start(), (server) => server.stop());
  const environment = {
    DATABASE_URL: await postgres.createDatabase('url'),
    NATS_URL: nats.url,
    URL_HASHIDS_SALT: SALT,
  };
  service = await cleanup.add(
    RunningService.start('url', environment, (config) => UrlModule.for(config)),
    (running) => running.stop(),
  );
  caller = await cleanup.add(Caller.connect(nats.url), (open) => open.close());
});

afterAll(() => cleanup.run());

const create = (submission_id: string, expires_in_seconds: number | null = null) =>
  caller.call(urlCreate, { submission_id, expires_in_seconds });
const resolve = (code: string) => caller.call(urlResolve, { code });
const database = () => service.nest.get(DataSource);

describe('url', () => {
  it('has a schema with names of ours, and entities that say the same', async () => {
    const schema = await schemaOf(await postgres.createDatabase('schema'), urlEntities, urlMigrations);
    expect(schema).toEqual({ differences: [], foreignNames: [], external: [] });
  });

  it('gives the same submission and options the same link', async () => {
    const first = await create(idOf(1));
    expect(first).toMatchObject({ created: true, link: { submission_id: idOf(1), expires_at: null } });
    expect(await create(idOf(1))).toEqual({ created: false, link: first.link });
    expect(await resolve(first.link.code)).toEqual(first.link);

    const expiring = await create(idOf(1), 3600);
    expect(expiring.created).toBe(true);
    expect(expiring.link.code).not.toBe(first.link.code);
    const lifetime = Date.parse(expiring.link.expires_at ?? '') - Date.parse(expiring.link.created_at);
    expect(lifetime).toBe(3_600_000);
    expect(await create(idOf(1), 3600)).toEqual({ created: false, link: expiring.link });
    expect((await create(idOf(1), 7200)).link.code).not.toBe(expiring.link.code);
    expect((await create(idOf(2))).link.code).not.toBe(first.link.code);
  });

  it.each([null, 600])(
    'makes one link when twenty ask at one time (expires in %p)',
    async (expiresInSeconds) => {
      const id = idOf(expiresInSeconds ?? 3);
      const answers = await Promise.all(Array.from({ length: 20 }, () => create(id, expiresInSeconds)));
      expect(new Set(answers.map(({ link }) => link.code)).size).toBe(1);
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
    },
  );

  it('says that an expired link is gone, and makes a new one for the next who asks', async () => {
    const { link: old } = await create(idOf(4), 60);
    await database().query(
      `update link set created_at = now() - interval '2 min', expires_at = now() - interval '1 min'
       where submission_id = $1`,
      [idOf(4)],
    );
    const expired = { code: 'link_gone', detail: 'This link has expired.' };
    await expect(resolve(old.code)).rejects.toMatchObject(expired);
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(idOf(4), 60)));
    expect(new Set(answers.map(({ link }) => link.code)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(answers[0]?.link.code).not.toBe(old.code);
    await expect(resolve(old.code)).rejects.toMatchObject(expired);
  });

  it('says that a revoked link is gone', async () => {
    const [{ link }, { link: other }] = await Promise.all([create(idOf(5)), create(idOf(5), 600)]);
    const revoke = (code: string) => caller.call(urlRevoke, { code });
    await revoke(link.code);
    await expect(resolve(link.code)).rejects.toMatchObject({
      code: 'link_gone',
      detail: 'This link was revoked by its owner.',
    });
    await expect(revoke(link.code)).rejects.toMatchObject({ code: 'link_gone' });
    await expect(revoke('aaaaaaaa')).rejects.toMatchObject({ code: 'link_not_found' });
    expect(await resolve(other.code)).toEqual(other);
    expect((await create(idOf(5))).created).toBe(true);
  });

  it('says which submissions have a link that opens', async () => {
    const [live, expired, revoked] = await Promise.all([10, 11, 12].map((n) => create(idOf(n), 60)));
    if (!live || !expired || !revoked) throw new Error('three were made');
    await caller.call(urlRevoke, { code: revoked.link.code });
    await database().query(`update link set expires_at = now() where submission_id = $1`, [idOf(11)]);
    const submission_ids = [10, 11, 12, 13].map(idOf);
    expect(await caller.call(urlLinked, { submission_ids })).toEqual({ submission_ids: [idOf(10)] });
  });

  it('says that every link of a deleted submission is gone, and no other', async () => {
    const links = await Promise.all([create(idOf(8)), create(idOf(8), 600), create(idOf(8), 60)]);
    const { link: other } = await create(idOf(9));
    await caller.call(urlRevoke, { code: links[2].link.code });
    for (let time = 0; time < 2; time++) await caller.call(urlRetire, { submission_id: idOf(8) });
    for (const { link } of links)
      await expect(resolve(link.code)).rejects.toMatchObject({
        code: 'link_gone',
        detail: 'What this link showed was deleted.',
      });
    expect(await resolve(other.code)).toEqual(other);
  });

  it('never resolves the neighbours of a code, though anyone with the salt could write them', async () => {
    const codes = new LinkCodes(SALT);
    const { link } = await create(idOf(6));
    const key = codes.decode(link.code);
    if (!key) throw new Error('a code of ours does not decode');
    const neighbours = [
      ...Array.from({ length: 20 }, (_, n) => ({ number: n + 1, secret: key.secret })).filter(
        ({ number }) => number !== key.number,
      ),
      ...[-2, -1, 1, 2].map((step) => ({ number: key.number, secret: Math.abs(key.secret + step) })),
    ];
    for (const neighbour of neighbours) {
      await expect(resolve(codes.encode(neighbour))).rejects.toMatchObject({ code: 'link_not_found' });
    }
  });

  it.each(['nonsense!', '', 'aaaaaaaa', 'ÄÖÜ', "' or 1=1 --", '\0'])('does not find %j', async (code) => {
    await expect(resolve(code)).rejects.toMatchObject({ code: 'link_not_found' });
  });

  it('answers unavailable while Postgres is away, and by itself again afterwards', async () => {
    const { link } = await create(idOf(7));
    await postgres.interrupt();
    await expect(resolve(link.code)).rejects.toMatchObject({ code: 'unavailable' });
    await postgres.resume();
    expect(
      await eventually(
        () => resolve(link.code),
        (found) => found.code === link.code,
      ),
    ).toEqual(link);
  });
});
