import { execFile } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import path from 'node:path';

/** Tenths of a second of computing, which is slow however busy the machine is. */
const SLOW_ROUNDS = 200_000;
const BENCH_TIMEOUT_MS = 120_000;

/** All that another implementation's adapter has to do. */
async function answering(stdout: string, rounds: number) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'GET') return response.writeHead(404).end();
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    return request.on('end', () => {
      asked.push(`${request.url} ${body}`);
      pbkdf2('', '', rounds, 64, 'sha512', () => response.end(JSON.stringify({ stdout })));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}`, asked };
}

function bench(...args: string[]): Promise<{ code: number | null; output: string }> {
  const short = ['--turns=2', '--seconds=0.3', '--no-quiet', '--rows=^python, 1$'];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [path.join(__dirname, 'bench.mjs'), ...short, ...args],
      (_, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

describe('the bench beside another instance', () => {
  const started: Awaited<ReturnType<typeof answering>>[] = [];
  const instance = async (stdout: string, rounds = 1) => {
    const one = await answering(stdout, rounds);
    started.push(one);
    return one;
  };

  afterAll(() => {
    for (const { server } of started) {
      server.closeAllConnections();
      server.close();
    }
  });

  it(
    'says of each row whether it is slower, and exits with 1 when one is',
    async () => {
      const [fast, slow] = [await instance('hello\n'), await instance('hello\n', SLOW_ROUNDS)];
      const better = await bench('--url', fast.url, '--beside', `peer=${slow.url}`);
      expect(better.output).toMatch(/^\| python, 1 \| peer \| .* \| not slower \|$/m);
      expect(better.code).toBe(0);
      const worse = await bench('--url', slow.url, '--beside', `peer=${fast.url}`);
      expect(worse.output).toMatch(/^\| python, 1 \| peer \| .* \| slower: p50 is /m);
      expect(worse.code).toBe(1);
      expect(new Set([...fast.asked, ...slow.asked])).toEqual(
        new Set(['/v1/submissions?wait=30 {"language":"python","code":"print(\\"hello\\")\\n"}']),
      );
    },
    BENCH_TIMEOUT_MS,
  );

  it(
    'counts nothing of an instance whose programs print something else',
    async () => {
      const [right, wrong] = [await instance('hello\n'), await instance('hallo\n')];
      const { code, output } = await bench('--url', right.url, '--beside', `peer=${wrong.url}`);
      expect(output).toContain(`${wrong.url}: python: 200 {"stdout":"hallo\\n"}`);
      expect(output).not.toContain('| python, 1 |');
      expect(code).toBe(1);
    },
    BENCH_TIMEOUT_MS,
  );
});
