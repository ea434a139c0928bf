import type { Result } from '@runbin/contracts/result';
import { isFinal, type Status } from '@runbin/contracts/status';
import type { EncodedBytes } from '@runbin/contracts/text';
import type { GetSubmissionResponse } from '@runbin/contracts/url';
import type { Problem } from '@runbin/platform/problem';
import { Html, markup } from '../http/html';
import { styledPageCsp } from '../http/security.headers';
import { SHARE_STYLE } from './share.style';

export const SHARE_CSP = styledPageCsp(SHARE_STYLE);

/** Characters of one block that a page shows; the API has the rest. */
const MAX_SHOWN_CHARACTERS = 256 * 1024;

/** Seconds after which a page that waits for its result looks again; a page without script can only reload. */
const RELOAD_S = 3;

/** Control and direction characters would be invisible, or make code read other than it runs. */
const DECEPTIVE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const VERDICTS: Readonly<Record<Status, readonly [tone: 'good' | 'bad' | 'wait', words: string]>> = {
  queued: ['wait', 'Queued'],
  running: ['wait', 'Running'],
  succeeded: ['good', 'Succeeded'],
  runtime_error: ['bad', 'Runtime error'],
  compile_error: ['bad', 'Compile error'],
  time_limit_exceeded: ['bad', 'Time limit exceeded'],
  memory_limit_exceeded: ['bad', 'Memory limit exceeded'],
  output_limit_exceeded: ['bad', 'Output limit exceeded'],
  cancelled: ['wait', 'Cancelled'],
  internal_error: ['bad', 'Internal error'],
};

/** The page of a link: code, input and output, and how it ended. */
export function sharePage(
  code: string,
  { submission, result, result_problem }: GetSubmissionResponse,
): string {
  const language = [submission.language, submission.language_version].filter(Boolean).join(' ');
  const [tone, words] = result ? VERDICTS[result.status] : (['wait', 'Result not reachable'] as const);
  const body = markup`<header>
      <h1>${visible(language)}</h1>
      <span class="verdict ${tone}">${words}</span>
    </header>
    <p class="facts">${visible(result ? facts(result) : (result_problem?.detail ?? ''))}</p>
    ${submission.files.map(({ name, ...file }) => block(name, file))}
    ${block('Input', { content: submission.code_input, encoding: submission.code_input_encoding })}
    ${result ? output(result) : ''}
    <footer>Submitted ${submission.created_at} · <a href="/v1/urls/${code}">as JSON</a> · Runbin</footer>`;
  const pending = result ? !isFinal(result.status) : result_problem?.code !== 'result_gone';
  return page(`${submission.language}: ${words}`, body, pending);
}

/** The page of a link that shows nothing: unknown, expired, or not reachable now. */
export function shareProblemPage(problem: Problem): string {
  const { title, status } = problem.toDocument();
  return page(
    title,
    markup`<h1>${title}</h1><p>${problem.detail}</p><footer>${status} · Runbin</footer>`,
    status === 503,
  );
}

function facts(result: Result): string {
  const { usage, exit_code, signal } = result;
  return [
    result.message,
    exit_code === null ? '' : `exit code ${exit_code}`,
    signal === null ? '' : `signal ${signal}`,
    usage ? `${Math.round(usage.wall_time_ms)} ms` : '',
    usage ? `${Math.ceil(usage.memory_peak_bytes / 1024)} KiB` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function output(result: Result): Html {
  const { compile } = result;
  const blocks = [
    ...(compile?.output
      ? [
          block(
            'Compiler',
            { content: compile.output, encoding: compile.output_encoding },
            compile.output_truncated,
          ),
        ]
      : []),
    ...(isFinal(result.status)
      ? [
          block(
            'Output',
            { content: result.stdout, encoding: result.stdout_encoding },
            result.stdout_truncated,
          ),
        ]
      : []),
    ...(result.stderr
      ? [
          block(
            'Errors',
            { content: result.stderr, encoding: result.stderr_encoding },
            result.stderr_truncated,
          ),
        ]
      : []),
  ];
  return markup`${blocks}`;
}

function block(title: string, { content, encoding }: EncodedBytes, truncated = false): Html {
  const shown = content.slice(0, MAX_SHOWN_CHARACTERS);
  const notes = [
    encoding === 'base64' ? 'not text: shown as base64' : '',
    truncated ? 'cut off at the limit of the run' : '',
    shown.length < content.length ? 'only the beginning is shown here' : '',
  ].filter(Boolean);
  // A browser drops one newline right after <pre>: this one, instead of one of the program's.
  return markup`<section><h2>${visible(title)} <small>${notes.join(', ')}</small></h2><pre>
${visible(shown)}</pre></section>`;
}

function visible(text: string): Html {
  const parts: Html[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(DECEPTIVE)) {
    const codePoint = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    parts.push(markup`${text.slice(end, index)}<span class="code-point">${codePoint}</span>`);
    end = index + 1;
  }
  return markup`${parts}${text.slice(end)}`;
}

function page(title: string, body: Html, reload: boolean): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${reload ? markup`<meta http-equiv="refresh" content="${RELOAD_S}">` : ''}
<title>${title} · Runbin</title>
<style>${new Html(SHARE_STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
