import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { Link } from '@runbin/contracts/url';
import { Problem } from '@runbin/platform/problem';
import { LinkCodes, type LinkKey } from './link.code';
import { LinkStore, type StoredLink } from './link.store';

/** One round loses to another creator, the next finds what that one made. More means that links expire as they are made. */
const MAX_ROUNDS = 5;

const newSecret = () => randomBytes(6).readUIntBE(0, 6);

/** No link has it. It is looked for in place of what is no code, so that nobody can tell the two apart by the time it takes. */
const NO_LINK: LinkKey = { number: 0, secret: 0 };

const GONE = {
  deleted: 'What this link showed was deleted.',
  expired: 'This link has expired.',
  revoked: 'This link was revoked by its owner.',
} as const;

@Injectable()
export class UrlService {
  constructor(
    private readonly store: LinkStore,
    private readonly codes: LinkCodes,
  ) {}

  /** However many ask at one time, the same submission and options have one live link. */
  async create(
    submissionId: string,
    expiresInSeconds: number | null,
  ): Promise<{ link: Link; created: boolean }> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const current = await this.store.findCurrent(submissionId, expiresInSeconds);
      if (current && !current.gone) return { link: this.linkOf(current), created: false };
      if (current) await this.store.retireExpired(current.number);
      const made = await this.store.insert(submissionId, expiresInSeconds, newSecret());
      if (made) return { link: this.linkOf(made), created: true };
    }
    throw new Problem('unavailable', 'The link could not be made; try again.');
  }

  /** @throws Problem link_not_found, link_gone */
  async resolve(code: string): Promise<Link> {
    return this.linkOf(await this.find(code));
  }

  async linked(submissionIds: readonly string[]): Promise<{ submission_ids: string[] }> {
    return { submission_ids: await this.store.findLinked(submissionIds) };
  }

  /** @throws Problem link_not_found, link_gone */
  async revoke(code: string): Promise<Record<string, never>> {
    await this.store.revoke((await this.find(code)).number);
    return {};
  }

  /** Ends all links of a submission that is no more; their codes stay known, as ones that are gone. */
  async retire(submissionId: string): Promise<Record<string, never>> {
    await this.store.retireAll(submissionId);
    return {};
  }

  private async find(code: string): Promise<StoredLink> {
    const link = await this.store.findByKey(this.codes.decode(code) ?? NO_LINK);
    if (!link) throw new Problem('link_not_found', 'No link has this code; check that it is complete.');
    if (link.gone) throw new Problem('link_gone', GONE[link.gone]);
    return link;
  }

  private linkOf({ number, secret, submission_id, created_at, expires_at }: StoredLink): Link {
    return {
      code: this.codes.encode({ number: Number(number), secret: Number(secret) }),
      submission_id,
      created_at: created_at.toISOString(),
      expires_at: expires_at?.toISOString() ?? null,
    };
  }
}
