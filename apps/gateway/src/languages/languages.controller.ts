import { Controller, Get, Query } from '@nestjs/common';
import type { LanguageSummary } from '@runbin/contracts/language';
import { NoQuery } from '../http/query.pipe';
import { LanguageDesk } from './language.desk';

@Controller('v1/languages')
export class LanguagesController {
  constructor(private readonly desk: LanguageDesk) {}

  @Get()
  listLanguages(@Query(NoQuery) _query: unknown): { languages: LanguageSummary[] } {
    return { languages: this.desk.list() };
  }
}
