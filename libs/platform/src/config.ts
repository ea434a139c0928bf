import { isIP } from 'node:net';
import { z } from 'zod';
import { DEFAULT_CAPS, type Limits } from '@runbin/contracts/limits';

/**
 * Every environment variable that Runbin reads, with its default and its meaning. The environment is parsed
 * once, at start; a bad value stops the boot and names itself. docs/configuration.md is generated
 * from this table (`npm run docs:config`), and a test holds it to it.
 */
interface Variable<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** As it would stand in the environment; undefined: required. */
  readonly fallback: string | undefined;
  readonly doc: string;
}

const variable = <Schema extends z.ZodType>(schema: Schema, fallback: string | undefined, doc: string) =>
  ({ schema, fallback, doc }) satisfies Variable<Schema>;

const NETWORK_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

function isNetwork(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    more.length === 0 &&
    longest > 0 &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= longest))
  );
}

const text = z.string().min(1);
const optionalText = z.string().transform((value) => (value === '' ? undefined : value));
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
/** Addresses, networks, and the names that proxy-addr has for groups of them. */
const networks = list.refine(
  (entries) => entries.every((entry) => NETWORK_NAMES.includes(entry) || isNetwork(entry)),
  'expected addresses, networks (10.0.0.0/8), loopback, linklocal or uniquelocal, separated by commas',
);
const HOST_NAME = /^[a-z\d]([\w.-]*[a-z\d])?\.?$/i;
/** As requests name them, without a port. */
const hosts = list.refine(
  (entries) => entries.every((entry) => isIP(entry.replace(/^\[(.*)\]$/, '$1')) > 0 || HOST_NAME.test(entry)),
  'expected host names or addresses like runbin.example or 192.168.1.7, without scheme, port or path, separated by commas',
);
const optionalUrl = optionalText.refine(
  (url) => url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)),
  'expected an address like https://runbin.example',
);
/** As browsers send them, in one spelling. */
const origins = list.refine(
  (entries) =>
    entries.every((entry) => entry === '*' || (URL.canParse(entry) && new URL(entry).origin === entry)),
  'expected origins like https://example.org, without a path, or *, separated by commas',
);
const port = z.coerce.number().int().min(0).max(65_535);
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const BYTES_MAX = 2 ** 40;
const MIB = 1024 * 1024;

const shared = {
  NATS_URL: variable(
    text,
    'nats://127.0.0.1:4222',
    'Address of the NATS server; several are separated by commas',
  ),
  NATS_USER: variable(optionalText, '', 'User of this service at NATS'),
  NATS_PASSWORD: variable(optionalText, '', 'Password of that user'),
  LOG_LEVEL: variable(z.enum(['error', 'warn', 'log', 'debug']), 'log', 'Least severity that is logged'),
  HEALTH_HOST: variable(
    text,
    '127.0.0.1',
    'Address that /healthz and /readyz of a service without public HTTP listen on',
  ),
  HEALTH_PORT: variable(port, '0', 'Port for them; 0 picks a free one'),
  SHUTDOWN_GRACE_MS: variable(count(0, 600_000), '500', 'Time that requests in flight get after SIGTERM'),
  LANGUAGES_DIR: variable(text, 'languages', 'Folder with one folder per language'),
};

const database = (app: string) => ({
  DATABASE_URL: variable(
    text,
    undefined,
    `Postgres database of ${app}: postgres://user:password@host:port/database`,
  ),
  DATABASE_POOL_SIZE: variable(count(1, 1000), '10', 'Connections kept to it'),
  DATABASE_STATEMENT_TIMEOUT_MS: variable(
    count(100, 600_000),
    '5000',
    'A statement that takes longer is cancelled',
  ),
});

const retentionDays = (what: string) =>
  variable(
    count(0, 36_500),
    '0',
    `Days after which ${what} removed, unless a share link shows it; 0 keeps everything`,
  );

const cap = (name: keyof Limits) =>
  variable(count(1, BYTES_MAX), String(DEFAULT_CAPS[name]), `Highest ${name} that a submission may state`);

const variables = {
  gateway: {
    ...shared,
    GATEWAY_HOST: variable(text, '127.0.0.1', 'Address that the HTTP API listens on'),
    PORT: variable(port, '3000', 'Port of the HTTP API'),
    GATEWAY_HOSTS: variable(
      hosts,
      '',
      'Hosts that the server is known by besides the addresses it listens on, localhost and the host of GATEWAY_PUBLIC_URL, without ports, separated by commas; requests for any other are answered 421',
    ),
    GATEWAY_PUBLIC_URL: variable(
      optionalUrl,
      '',
      'Address that people see, for share links; default: http://localhost:PORT',
    ),
    GATEWAY_WEB_DIR: variable(
      text,
      'dist/web',
      'Folder with the built pages; without it there is only the API',
    ),
    GATEWAY_BODY_BYTES: variable(count(1024, 32 * MIB), String(4 * MIB), 'Largest request body'),
    GATEWAY_RPC_TIMEOUT_MS: variable(count(100, 10_000), '5000', 'How long the gateway waits for a service'),
    GATEWAY_TRUSTED_PROXIES: variable(
      networks,
      '',
      'Proxies whose X-Forwarded-For is believed: addresses, networks, loopback, linklocal or uniquelocal, separated by commas',
    ),
    GATEWAY_METRICS_FROM: variable(
      networks,
      'loopback',
      'Who may read /metrics: addresses, networks, loopback, linklocal or uniquelocal, separated by commas',
    ),
    GATEWAY_CLIENT_RATE_PER_S: variable(
      count(0, 100_000),
      '20',
      'Requests per second by which one client may change something; 0 is no bound. Clients on the same machine have none',
    ),
    GATEWAY_CLIENT_BURST: variable(count(1, 1_000_000), '100', 'How many of these may come at one time'),
    GATEWAY_CLIENT_READ_RATE_PER_S: variable(
      count(0, 100_000),
      '100',
      'Requests per second by which one client may read, where a page counts as 5, an archive as 10, a large answer as another for each 256 KiB; 0 is no bound. Clients on the same machine have none',
    ),
    GATEWAY_CLIENT_READ_BURST: variable(
      count(10, 1_000_000),
      '1000',
      'How many of these may come at one time',
    ),
    GATEWAY_BODIES_BYTES: variable(
      count(1024, BYTES_MAX),
      String(64 * MIB),
      'Bytes of all request bodies that are in work; one client gets a quarter',
    ),
    GATEWAY_ANSWERS_BYTES: variable(
      count(MIB, BYTES_MAX),
      String(256 * MIB),
      'Bytes of all large answers that clients have not taken yet; one client gets a quarter',
    ),
    GATEWAY_WAITS_MAX: variable(count(1, 1_000_000), '10000', 'Requests that wait for a result, in all'),
    GATEWAY_CLIENT_WAITS_MAX: variable(count(1, 1_000_000), '100', 'Of these, of one client'),
    GATEWAY_WATCHES_MAX: variable(count(1, 1_000_000), '5000', 'Requests that follow a run, in all'),
    GATEWAY_CLIENT_WATCHES_MAX: variable(count(1, 1_000_000), '100', 'Of these, of one client'),
    GATEWAY_SOCKETS_MAX: variable(count(1, 1_000_000), '1000', 'Open WebSockets, in all'),
    GATEWAY_CLIENT_SOCKETS_MAX: variable(count(1, 1_000_000), '50', 'Of these, of one client'),
    GATEWAY_CONNECTIONS_MAX: variable(
      count(1, 1_000_000),
      '20000',
      'Open connections, in all; beyond them the longest idle one is closed, and where none is idle new ones are refused',
    ),
    GATEWAY_CLIENT_CONNECTIONS_MAX: variable(
      count(1, 1_000_000),
      '256',
      'Of these, idle ones of one client; beyond them its longest idle one is closed. Trusted proxies and clients on the same machine have no bound',
    ),
    GATEWAY_ALLOWED_ORIGINS: variable(
      origins,
      '',
      'Origins whose pages may use the API besides its own (CORS, WebSocket), separated by commas; * is any',
    ),
    GATEWAY_CAP_CPU_TIME_MS: cap('cpu_time_ms'),
    GATEWAY_CAP_WALL_TIME_MS: cap('wall_time_ms'),
    GATEWAY_CAP_MEMORY_BYTES: cap('memory_bytes'),
    GATEWAY_CAP_OUTPUT_BYTES: cap('output_bytes'),
    GATEWAY_CAP_PROCESSES: cap('processes'),
    GATEWAY_CAP_FILES_BYTES: cap('files_bytes'),
  },
  submission: {
    ...shared,
    ...database('submission'),
    SUBMISSION_RETENTION_DAYS: retentionDays('a finished submission is'),
    SUBMISSION_RELAY_INTERVAL_MS: variable(
      count(50, 60_000),
      '1000',
      'How often the outbox is looked through',
    ),
    SUBMISSION_RECONCILE_INTERVAL_MS: variable(
      count(100, 600_000),
      '5000',
      'How often unfinished submissions are looked for',
    ),
    SUBMISSION_RECONCILE_AFTER_MS: variable(
      count(100, 3_600_000),
      '60000',
      'A submission without a final result is looked into this long after it was last dispatched',
    ),
    SUBMISSION_UNFINISHED_MAX: variable(
      count(1, 1_000_000),
      '10000',
      'Unfinished submissions in all; beyond them submitting is answered 503',
    ),
    SUBMISSION_CLIENT_UNFINISHED_MAX: variable(
      count(1, 100_000),
      '100',
      'Unfinished submissions of one client; beyond them its submitting is answered 429',
    ),
    SUBMISSION_CLIENT_BYTES_PER_DAY: variable(
      count(0, BYTES_MAX),
      String(1024 * MIB),
      'Bytes of code, files and input that one client may submit in a day; beyond them its submitting is answered 429; 0 is no bound',
    ),
    SUBMISSION_STORAGE_DIRS: variable(
      list,
      '',
      'Directories on the file systems that databases and NATS write to, separated by commas; `npm start` sets it',
    ),
    SUBMISSION_STORAGE_FREE_BYTES_MIN: variable(
      count(0, BYTES_MAX),
      String(256 * MIB),
      'Bytes that these must have free; below them submitting is answered 503; 0 is no bound',
    ),
    SUBMISSION_DATABASE_BYTES_MAX: variable(
      count(0, BYTES_MAX),
      '0',
      'Bytes of the database of submissions beyond which submitting is answered 503; for a database elsewhere; 0 is no bound',
    ),
  },
  result: {
    ...shared,
    ...database('result'),
    RESULT_RETENTION_DAYS: retentionDays('a result is'),
  },
  url: {
    ...shared,
    ...database('url'),
    URL_HASHIDS_SALT: variable(
      text,
      undefined,
      'Salt of link codes; changing it breaks every link that was given out',
    ),
  },
  runner: {
    ...shared,
    RUNNER_ENGINE: variable(z.enum(['bubblewrap', 'docker']), 'bubblewrap', 'Sandbox engine'),
    RUNNER_PERMITS: variable(count(0, 1024), '0', 'Runs at one time; 0 is one per core'),
    RUNNER_LANGUAGES: variable(
      list,
      '',
      'Languages this runner serves, by id, separated by commas; empty is all it finds',
    ),
    RUNNER_CGROUP_DIR: variable(
      optionalText,
      '',
      'Delegated cgroup directory (v2), or a folder with one directory per controller (v1); empty looks for one',
    ),
    RUNNER_RUNTIME_DIR: variable(
      optionalText,
      '',
      'Directory for what lives as long as a runner, of its user alone; empty is /run/runbin for root, .data/run for others',
    ),
    RUNNER_SUPERVISOR_PATH: variable(text, 'dist/supervisor', 'The supervisor program'),
    RUNNER_LAUNCHER_PATH: variable(text, 'dist/launcher', 'The program that starts bubblewrap sandboxes'),
    RUNNER_LAUNCHER_SOCKET: variable(
      optionalText,
      '',
      'Socket of the launcher that root started and that started this runner (npm start sets it); empty starts one',
    ),
    RUNNER_PROBE_PATH: variable(
      text,
      'dist/probe',
      'The program that tries the walls of a sandbox at the start',
    ),
    RUNNER_BWRAP_PATH: variable(text, 'bwrap', 'The bubblewrap program'),
    RUNNER_UID_BASE: variable(
      count(1, 2 ** 31),
      '64000',
      'First of 8193 host uids and gids given to sandboxes, two each, when npm start or the runner is root',
    ),
    RUNNER_POOL_MAX: variable(
      count(0, 1024),
      '48',
      'Most sandboxes that are kept ready for one language and stage, when many were asked for at once of late; 0 prepares nothing',
    ),
    RUNNER_POOL_MIN: variable(count(0, 1024), '1', 'Of these, kept ready even if nobody asks'),
    RUNNER_POOL_MEMORY_BYTES: variable(
      count(0, 2 ** 50),
      '0',
      'Bound on the memory of all that is kept ready; 0 is 1 GiB, or an eighth of what the runner may use',
    ),
    RUNNER_CACHE_DIR: variable(
      text,
      '.data/artifacts',
      'Directory for what compilers made; several runners may share it, and nobody else may write to it',
    ),
    RUNNER_ARTIFACT_CACHE_BYTES: variable(
      count(0, BYTES_MAX),
      String(1024 * MIB),
      'Bound on the bytes of that directory; 0 keeps nothing and compiles every program every time',
    ),
    RUNNER_DOCKER_HOST: variable(
      z.string().regex(/^(unix:\/\/\/.+|tcp:\/\/[^/]+:\d+)$/, 'expected unix:///path or tcp://host:port'),
      'unix:///var/run/docker.sock',
      'The Docker daemon of the docker engine: unix:///path or tcp://host:port',
    ),
    RUNNER_DOCKER_IMAGE_PREFIX: variable(
      text,
      'runbin/language-',
      'Names of its images: this and the id of a language',
    ),
    RUNNER_DOCKER_RUNTIME: variable(
      optionalText,
      '',
      "OCI runtime of its containers (runc, runsc, kata, …) as the daemon names it; empty is the daemon's default",
    ),
    RUNNER_DRAIN_MS: variable(
      count(0, 600_000),
      '10000',
      'Time that runs get to end after SIGTERM; the others are given back',
    ),
  },
} as const;

export type AppName = keyof typeof variables;
type Values<Table extends Record<string, Variable>> = {
  readonly [Name in keyof Table]: z.infer<Table[Name]['schema']>;
};
export type SharedConfig = Values<typeof shared>;
export type Config<App extends AppName> = Values<(typeof variables)[App]>;

export class ConfigError extends Error {}

/**
 * Parses the environment of one app.
 * @throws ConfigError naming every bad or missing variable.
 */
export function loadConfig<App extends AppName>(
  app: App,
  environment: NodeJS.ProcessEnv = process.env,
): Config<App> {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, { schema, fallback, doc }] of Object.entries<Variable>(variables[app])) {
    const raw = environment[name] || fallback;
    if (raw === undefined) {
      problems.push(`${name} is not set (${doc})`);
      continue;
    }
    const parsed = schema.safeParse(raw);
    if (parsed.success) config[name] = parsed.data;
    else
      problems.push(
        `${name}=${JSON.stringify(raw)}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`,
      );
  }
  if (problems.length > 0) throw new ConfigError(`Configuration of ${app}:\n  ${problems.join('\n  ')}`);
  return config as Config<App>;
}

/** Rows of the configuration table, for the generated documents. */
export function describeConfig() {
  return (Object.keys(variables) as AppName[]).map((app) => ({
    app,
    variables: Object.entries<Variable>(variables[app]).map(([name, { fallback, doc }]) => ({
      name,
      fallback,
      doc,
      shared: name in shared,
    })),
  }));
}
