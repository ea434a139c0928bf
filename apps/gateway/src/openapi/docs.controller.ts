import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { asyncApiDocument, type AsyncApiDocument } from '../asyncapi/asyncapi.document';
import { docsAssets } from './docs.assets';
import { DOCS_CSP, DOCS_PAGE, PROBLEMS_CSP, PROBLEMS_PAGE } from './docs.pages';
import { openApiDocument, type OpenApiDocument } from './openapi.document';

const HTML = 'text/html; charset=utf-8';

/** The documentation, from the same table and schemas that routes and messages are held to. */
@Controller()
export class DocsController {
  private readonly document = openApiDocument();
  private readonly messages = asyncApiDocument();
  private readonly assets = docsAssets();

  @Get('openapi.json')
  getOpenApi(): OpenApiDocument {
    return this.document;
  }

  @Get('asyncapi.json')
  getAsyncApi(): AsyncApiDocument {
    return this.messages;
  }

  @Get('docs')
  @Header('content-type', HTML)
  @Header('content-security-policy', DOCS_CSP)
  openDocs(): string {
    return DOCS_PAGE;
  }

  @Get('docs/problems')
  @Header('content-type', HTML)
  @Header('content-security-policy', PROBLEMS_CSP)
  openProblemDocs(): string {
    return PROBLEMS_PAGE;
  }

  @Get('docs/:asset')
  getDocsAsset(@Param('asset') name: string, @Res() reply: FastifyReply): void {
    const asset = this.assets.get(name);
    if (!asset) throw new Problem('not_found', 'The documentation has no such file.');
    void reply
      .headers({ 'content-type': asset.mediaType, 'cache-control': 'public, max-age=3600' })
      .send(asset.bytes);
  }
}
