import type { PrivateCopy, ProcessName } from '../tools/lib/private.copy.mjs';
import type { Services, ServiceName } from './services';
import { until } from '../libs/platform/test/until';

/** The services of a private copy, as processes. */
export class LocalServices implements Services {
  constructor(private readonly copy: PrivateCopy) {}

  async kill(service: ServiceName): Promise<void> {
    const { pid } = await this.running(service);
    process.kill(pid, 'SIGKILL');
    await until(`${service} is gone`, () => this.copy.processOf(service)?.pid !== pid);
  }

  /** A process that was stopped for good would be started again; a frozen one answers nobody. */
  async hold(service: ServiceName): Promise<() => Promise<void>> {
    const { pid } = await this.running(service);
    process.kill(pid, 'SIGSTOP');
    return () => {
      process.kill(pid, 'SIGCONT');
      return Promise.resolve();
    };
  }

  async restart(): Promise<void> {
    const { code, left } = await this.copy.stop();
    if (code !== 0 || left.length > 0) throw new Error(`it ended with ${code} and left ${left.join('; ')}`);
    await this.copy.start();
  }

  private async running(service: ServiceName): Promise<ProcessName> {
    let found: ProcessName | undefined;
    await until(`${service} runs`, () => (found = this.copy.processOf(service)) !== undefined);
    if (!found) throw new Error(`${service} does not run`);
    return found;
  }
}
