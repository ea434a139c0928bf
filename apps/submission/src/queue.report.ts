import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { submissionQueue } from '@runbin/contracts/rpc';
import { Admission } from './admission';
import { AdmissionStore } from './admission.store';

type Report = z.infer<typeof submissionQueue.reply>;

/** A count this young is told again: everybody who looks shares one. */
const FRESH_MS = 1_000;

/** How much is unfinished, by language, for whoever looks after the installation. */
@Injectable()
export class QueueReport {
  private last: { at: number; report: Promise<Report> } | undefined;

  constructor(
    private readonly store: AdmissionStore,
    private readonly admission: Admission,
  ) {}

  read(): Promise<Report> {
    const now = performance.now();
    if (!this.last || now - this.last.at > FRESH_MS) this.last = { at: now, report: this.count() };
    return this.last.report;
  }

  private async count(): Promise<Report> {
    const rows = await this.store.countByLanguage();
    return {
      unfinished: rows.reduce((sum, { unfinished }) => sum + unfinished, 0),
      unfinished_max: this.admission.unfinishedMax,
      languages: rows.map(({ language, unfinished, oldest_at }) => ({
        language,
        unfinished,
        oldest_at: oldest_at.toISOString(),
      })),
    };
  }
}
