import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Submission } from '@runbin/contracts/submission';
import { isFinal } from '@runbin/contracts/status';
import { decodeBytes, type Encoding } from '@runbin/contracts/text';
import { Problem } from '@runbin/platform/problem';
import { Budgets } from '../admission/budgets';
import { type Client, clientOf } from '../admission/client';
import { LinkDesk, type ShownLink } from '../urls/link.desk';
import { PublicUrl } from '../urls/public.url';
import { archiveEntries } from './archive.entries';
import { type Download, sendDownload } from './download.reply';
import { fileNameIn } from './file.name';
import { zipOf } from './zip.archive';

/** What a link shows, as files to keep. */
@Controller('s')
export class DownloadsController {
  constructor(
    private readonly links: LinkDesk,
    private readonly publicUrl: PublicUrl,
    private readonly budgets: Budgets,
  ) {}

  @Get(':code/raw')
  async readRaw(
    @Param('code') code: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [entry] = (await this.links.submission(code)).files;
    await sendDownload(request, reply, downloadOf(entry));
  }

  @Get(':code/raw/*')
  async readRawFile(
    @Param('code') code: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const name = fileNameIn(request.raw.url ?? '');
    const { files } = await this.links.submission(code);
    await sendDownload(request, reply, downloadOf(files.find((file) => file.name === name)));
  }

  @Get(':code/output')
  async readOutput(
    @Param('code') code: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { stdout, stdout_encoding, status } = await this.links.result(code);
    if (!isFinal(status)) throw new Problem('result_not_final', 'The run is not over yet; ask again later.');
    await sendDownload(request, reply, {
      bytes: decodeBytes({ content: stdout, encoding: stdout_encoding }),
      name: stdout_encoding === 'utf-8' ? 'output.txt' : 'output.bin',
      mediaType: mediaTypeOf(stdout_encoding),
    });
  }

  @Get(':code/zip')
  async downloadZip(
    @Param('code') code: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const bytes = await this.archive(await this.links.show(code), clientOf(request));
    await sendDownload(request, reply, { bytes, name: `runbin-${code}.zip`, mediaType: 'application/zip' });
  }

  /** @throws Problem `overloaded` */
  private async archive(shown: ShownLink, client: Client): Promise<Buffer> {
    const entries = archiveEntries(shown, this.publicUrl.ofLink(shown.link.code));
    // Until it is made there are both, what goes in and what comes out.
    using _room = this.budgets.answer(
      client,
      entries.reduce((sum, { bytes }) => sum + bytes.length, 0),
    );
    return await zipOf(entries, new Date(shown.submission.created_at));
  }
}

function downloadOf(file: Submission['files'][number] | undefined): Download {
  if (!file) throw new Problem('not_found', 'This link shows no file of that name.');
  return { bytes: decodeBytes(file), name: file.name, mediaType: mediaTypeOf(file.encoding) };
}

const mediaTypeOf = (encoding: Encoding) =>
  encoding === 'utf-8' ? 'text/plain; charset=utf-8' : 'application/octet-stream';
