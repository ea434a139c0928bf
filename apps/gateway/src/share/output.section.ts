import { piecesOf } from '@runbin/contracts/output.pieces';
import type { OutputLog, Result } from '@runbin/contracts/result';
import { isFinal } from '@runbin/contracts/status';
import { decodeBytes, type EncodedBytes } from '@runbin/contracts/text';
import { AnsiReader } from '../display/ansi';
import { hexDump, MAX_DUMPED_BYTES } from '../display/hex.dump';
import { imageOfBytes, imageOfLine } from '../display/printed.image';
import { type Room, Sheet } from '../display/sheet';
import { type Html, markup } from '../http/html';
import { outputAddress } from './addresses';
import { notes } from './notes';
import { bytes } from './verdict';

const CUT_HERE = 'only the beginning is shown here';

/** A page has no room for more. */
const MAX_STRETCH_CHARACTERS = 1024 * 1024;

interface Block {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
  readonly said: readonly string[];
  readonly tools?: Html;
}

/** What came out: of the compiler, and of the program, both streams in the order in which they were written. */
export function outputSections(code: string, result: Result, log: OutputLog | null, room: Room): Html {
  const blocks = [...compilerBlock(result, room), ...programBlocks(code, result, log, room)];
  return markup`${blocks.map(blockHtml)}`;
}

/** Input and arguments, where there are any. */
export function inputSections(
  submission: {
    code_input: string;
    code_input_encoding: EncodedBytes['encoding'];
    args: string[];
    compiler_args: string[];
  },
  room: Room,
): Html {
  const { args, compiler_args, code_input: content, code_input_encoding: encoding } = submission;
  const blocks: Block[] = [];
  if (content !== '') {
    const [body, said] = shown({ content, encoding }, room);
    blocks.push({ id: 'input', title: 'Input', body, said });
  }
  for (const [id, title, list] of [
    ['args', 'Arguments', args],
    ['compiler-args', 'Compiler arguments', compiler_args],
  ] as const) {
    if (list.length === 0) continue;
    const sheet = new Sheet(room);
    for (const [at, argument] of list.entries()) {
      sheet.write({ text: `${at === 0 ? '' : ' '}${quoted(argument)}`, style: '' });
    }
    blocks.push({ id, title, body: pre(sheet), said: sheet.isCut ? [CUT_HERE] : [] });
  }
  return markup`${blocks.map(blockHtml)}`;
}

function blockHtml({ id, title, body, said, tools }: Block): Html {
  return markup`<section class="block" id="${id}" aria-labelledby="${id}-name">
<header><h2 id="${id}-name">${title}</h2>${notes(said)}<span class="tools">${tools ?? ''}</span></header>
${body}
</section>
`;
}

function compilerBlock({ compile }: Result, room: Room): Block[] {
  if (!compile || compile.output === '') return [];
  const [body, said] = shown({ content: compile.output, encoding: compile.output_encoding }, room);
  if (compile.output_truncated) said.push('cut off at the limit');
  return [{ id: 'compiler', title: 'Compiler', body, said }];
}

function programBlocks(code: string, result: Result, log: OutputLog | null, room: Room): Block[] {
  const isEmpty = result.stdout === '' && result.stderr === '';
  if (isEmpty && (!isFinal(result.status) || result.status === 'compile_error')) return [];
  const { stdout_encoding, stderr_encoding, stdout_truncated, stderr_truncated } = result;
  const out = { content: result.stdout, encoding: stdout_encoding };
  const err = { content: result.stderr, encoding: stderr_encoding };
  const raw = outputAddress(code);
  const tools = markup`<button type="button" class="quiet" data-copy="${raw}" hidden>Copy</button><a class="quiet" href="${raw}">Raw</a>`;
  const outIsCut = stdout_truncated ? ['stdout was cut off at the limit of the run'] : [];
  const errIsCut = stderr_truncated ? ['stderr was cut off at the limit of the run'] : [];
  if (stdout_encoding === 'base64' || stderr_encoding === 'base64') {
    const [body, said] = shown(out, room);
    const blocks = [{ id: 'output', title: 'Output', body, said: [...said, ...outIsCut], tools }];
    if (err.content === '') return blocks;
    const [errBody, errSaid] = shown(err, room);
    return [...blocks, { id: 'errors', title: 'Errors', body: errBody, said: [...errSaid, ...errIsCut] }];
  }
  const sheet = bothStreams(result, log, room);
  const legend = err.content === '' ? [] : [out.content === '' ? 'all of it is stderr' : 'stderr is marked'];
  const said = [...legend, ...outIsCut, ...errIsCut, ...(sheet.isCut ? [CUT_HERE] : [])];
  return [{ id: 'output', title: 'Output', body: pre(sheet, 'output'), said, tools }];
}

function bothStreams(result: Result, log: OutputLog | null, room: Room): Sheet {
  const sheet = new Sheet(room);
  const readers = { stdout: new AnsiReader(), stderr: new AnsiReader() };
  for (const { stream, text } of stretches(result, log)) {
    if (sheet.isCut) break;
    writeOutput(sheet, text, readers[stream], stream === 'stderr' ? 'e' : '');
  }
  return sheet;
}

/** Pieces that follow each other in one stream are one: a sequence or a line may go over several. */
function* stretches(
  result: Result,
  log: OutputLog | null,
): Generator<{ stream: 'stdout' | 'stderr'; text: string }> {
  let stretch: { stream: 'stdout' | 'stderr'; text: string } | undefined;
  for (const { stream, data } of piecesOf(result, log)) {
    if (stretch?.stream === stream && stretch.text.length < MAX_STRETCH_CHARACTERS) stretch.text += data;
    else {
      if (stretch) yield stretch;
      stretch = { stream, text: data };
    }
  }
  if (stretch) yield stretch;
}

function writeOutput(sheet: Sheet, whole: string, reader: AnsiReader, style: string): void {
  const text = sheet.beginningOf(whole);
  const write = (part: string) => {
    for (const run of reader.read(part)) {
      if (sheet.isFull) return;
      sheet.write({ text: run.text, style: [style, run.style].filter(Boolean).join(' ') });
    }
  };
  if (!text.includes('data:image/')) return write(text);
  let plain = '';
  for (const line of text.split(/(?<=\n)/)) {
    const image = imageOfLine(line);
    if (image === undefined) {
      plain += line;
      continue;
    }
    write(plain);
    plain = '';
    sheet.put(picture(image));
  }
  write(plain);
}

/** Bytes of one kind as they can be shown: text, a picture, or a dump. */
function shown({ content, encoding }: EncodedBytes, room: Room): [Html, string[]] {
  if (encoding === 'base64') {
    const all = decodeBytes({ content, encoding });
    const image = imageOfBytes(all);
    if (image !== undefined && image.length <= room.characters) {
      room.characters -= image.length;
      return [markup`<div class="output">${picture(image)}</div>`, [`a picture of ${bytes(all.length)}`]];
    }
    const said = [`not text: ${bytes(all.length)} as a hex dump`];
    if (all.length > MAX_DUMPED_BYTES) said.push(CUT_HERE);
    return [markup`<pre tabindex="0">\n${hexDump(all)}</pre>`, said];
  }
  const sheet = new Sheet(room);
  writeOutput(sheet, content, new AnsiReader(), '');
  return [pre(sheet), sheet.isCut ? [CUT_HERE] : []];
}

// A browser drops one newline right after <pre>: this one, instead of one of the program's.
const pre = (sheet: Sheet, style = '') =>
  sheet.isEmpty
    ? markup`<pre class="${style} empty">(empty)</pre>`
    : markup`<pre class="${style}" tabindex="0">\n${sheet.html()}</pre>`;

const picture = (image: string) =>
  markup`<img class="picture" alt="A picture that the program printed" src="${image}">`;

/** An argument as a shell would take it. */
const quoted = (argument: string) =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
