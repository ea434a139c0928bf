import { Inject, Injectable } from '@nestjs/common';
import type { LanguageSummary } from '@runbin/contracts/language';
import { resolveLimits } from '@runbin/contracts/limits';
import type { Catalogue } from '@runbin/languages/catalogue';
import type { Language } from '@runbin/languages/language';
import { Problem } from '@runbin/platform/problem';
import { RunnerRoster } from './runner.roster';

export const CATALOGUE = Symbol('CATALOGUE');

const NEAREST = 3;
const MAX_ECHO_CHARACTERS = 32;

/** Knows the languages: which there are, and which some runner offers now. */
@Injectable()
export class LanguageDesk {
  constructor(
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    private readonly roster: RunnerRoster,
  ) {}

  list(): LanguageSummary[] {
    const offered = this.roster.offered();
    return this.catalogue.all().map((language) => ({
      id: language.id,
      label: language.label,
      version: offered?.get(language.id) ?? null,
      available: offered?.has(language.id) ?? false,
      aliases: language.aliases,
      source_name: language.source_name,
      limits: resolveLimits({}, language.limits),
      takes_compiler_args: language.compiler_args_allowed.length > 0,
      example: language.example,
    }));
  }

  /** @throws Problem `unknown_language` with the nearest ids */
  find(idOrAlias: string): Language {
    const language = this.catalogue.find(idOrAlias);
    if (language) return language;
    const nearest = this.catalogue.nearest(idOrAlias, NEAREST).join(', ');
    throw new Problem(
      'unknown_language',
      `There is no language ${JSON.stringify(idOrAlias.slice(0, MAX_ECHO_CHARACTERS))}; the nearest are ${nearest}. GET /v1/languages lists all.`,
    );
  }

  /**
   * Refuses what nobody would run. While no runner is ready at all, that is a pause and no verdict on the
   * language: then the submission is queued.
   * @throws Problem `language_unavailable` with the languages that are offered
   */
  requireOffered({ id, label }: Language): void {
    if (this.roster.offers(id) !== false) return;
    const others = [...(this.roster.offered()?.keys() ?? [])].sort().join(', ') || 'none';
    throw new Problem('language_unavailable', `No runner offers ${label} now; these are offered: ${others}.`);
  }
}
