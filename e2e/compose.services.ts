import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Services, ServiceName } from './services';
import { until } from '../libs/platform/test/until';

const run = promisify(execFile);

/** The services of this folder's `docker compose` project, as containers on this machine. */
export class ComposeServices implements Services {
  /** The engine takes `docker kill` for a wish and leaves the container down; a process that dies is a crash. */
  async kill(service: ServiceName): Promise<void> {
    const pids = await this.pids(service);
    if (pids.length === 0) throw new Error(`${service} does not run`);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until(`${service} is gone`, async () => {
      const now = await this.pids(service);
      return pids.every((pid) => !now.includes(pid));
    });
  }

  async hold(service: ServiceName): Promise<() => Promise<void>> {
    await compose('stop', service);
    return () => compose('start', service).then(() => undefined);
  }

  async restart(): Promise<void> {
    await compose('stop');
    // Not `up`, which would take back how many replicas were asked for.
    await compose('start');
  }

  /** Pids, on this machine, of the first process of each of its containers. */
  private async pids(service: ServiceName): Promise<number[]> {
    const containers = words(await compose('ps', '--quiet', service));
    if (containers.length === 0) return [];
    const { stdout } = await run('docker', ['inspect', '--format', '{{.State.Pid}}', ...containers]);
    return words(stdout)
      .map(Number)
      .filter((pid) => pid > 0);
  }
}

async function compose(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', ['compose', ...args]);
  return stdout;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
