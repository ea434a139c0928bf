import { Inject, Injectable, Logger } from '@nestjs/common';
import { COMPILE_LIMITS } from '@runbin/contracts/limits';
import type { Catalogue } from '@runbin/languages/catalogue';
import type { Language } from '@runbin/languages/language';
import { BASE_ENV } from '../sandbox/bubblewrap.policy';
import { Permits } from '../execution/permits';
import { profileOf } from '../execution/stages';
import { NoToolchain, SANDBOX_ENGINE, type SandboxEngine } from '../sandbox/sandbox';

export interface Toolchain {
  language: Language;
  /** As the toolchain reports it. */
  version: string;
}

export const CATALOGUE = Symbol('CATALOGUE');
export const WANTED_LANGUAGES = Symbol('WANTED_LANGUAGES');

/** Which languages can be run here: those whose version probe answers from inside a sandbox. */
@Injectable()
export class Toolchains {
  private readonly logger = new Logger('Toolchains');
  private readonly found = new Map<string, Toolchain>();

  constructor(
    @Inject(SANDBOX_ENGINE) private readonly engine: SandboxEngine,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(WANTED_LANGUAGES) private readonly wanted: readonly string[],
    private readonly permits: Permits,
  ) {}

  get(id: string): Toolchain | undefined {
    return this.found.get(id);
  }

  all(): Toolchain[] {
    return [...this.found.values()];
  }

  /** Probes every wanted language, as many at a time as there are permits. */
  async probe(): Promise<void> {
    const unknown = this.wanted.filter((id) => !this.catalogue.get(id));
    if (unknown.length > 0)
      throw new Error(`RUNNER_LANGUAGES names unknown languages: ${unknown.join(', ')}`);
    const waiting = this.catalogue
      .all()
      .filter(({ id }) => this.wanted.length === 0 || this.wanted.includes(id));
    const versions = new Map<string, string>();
    const worker = async () => {
      for (let language = waiting.shift(); language; language = waiting.shift()) {
        const version = await this.versionOf(language);
        if (version !== undefined) versions.set(language.id, version);
      }
    };
    await Promise.all(Array.from({ length: this.permits.total }, worker));
    for (const language of this.catalogue.all()) {
      const version = versions.get(language.id);
      if (version !== undefined) this.found.set(language.id, { language, version });
    }
    this.logger.log(
      `offers ${
        this.all()
          .map(({ language, version }) => `${language.id} ${version}`)
          .join(', ') || 'no language'
      }`,
    );
  }

  /** undefined: it is not here. */
  private async versionOf(language: Language): Promise<string | undefined> {
    try {
      return await this.probeVersion(language);
    } catch (error) {
      if (error instanceof NoToolchain) return undefined;
      throw error;
    }
  }

  private async probeVersion(language: Language): Promise<string | undefined> {
    await using sandbox = await this.engine.take(profileOf(language), COMPILE_LIMITS);
    const facts = await sandbox.run(
      {
        argv: language.version.command,
        env: { ...BASE_ENV, ...language.env },
        files: [],
        stdin: Buffer.alloc(0),
        limits: COMPILE_LIMITS,
        mergeStderr: true,
      },
      new AbortController().signal,
    );
    return new RegExp(language.version.pattern, 'm').exec(facts.stdout.toString())?.[1];
  }
}
