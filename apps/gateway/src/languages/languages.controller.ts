import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { LanguagesResponse } from '@runbin/contracts/language';
import type { Limits } from '@runbin/contracts/limits';
import { NoQuery } from '../http/query.pipe';
import { LanguageDesk } from './language.desk';
import { LIMIT_CAPS } from './limit.caps';

@Controller('v1/languages')
export class LanguagesController {
  constructor(
    private readonly desk: LanguageDesk,
    @Inject(LIMIT_CAPS) private readonly caps: Limits,
  ) {}

  @Get()
  listLanguages(@Query(NoQuery) _query: unknown): LanguagesResponse {
    return { languages: this.desk.list(), limit_caps: this.caps };
  }
}
