import { bytesOf } from '../client.mjs';

/** Lines of a Unix system's own password files: they never belong into a result. */
const LEAKS = [/^[\w-]+:[!*$][^:\n]*:\d+:/m, /^daemon:[^:\n]*:1:1:/m];

/**
 * What one run came to: `verdict` in the catalogue's words, `ms` from submit to final.
 * @param answer of submitCode, if there was one
 * @param result if it was accepted
 * @param error that came instead of either
 */
export function outcomeOf({ answer, result, error }, ms) {
  if (result) return { verdict: result.status, ms, result };
  if (error) return { verdict: 'no_result', ms, detail: String(error) };
  const verdict = answer.status >= 400 && answer.status < 500 ? 'rejected' : `http_${answer.status}`;
  return { verdict, ms, detail: answer.text.slice(0, 200) };
}

/**
 * Everything that is wrong with an outcome; empty: as it should be.
 * @param canary text that must not come back
 * @param patience times that an outcome may take longer than it should: more than 1 on a machine that is not idle
 */
export function judge(expect, { verdict, ms, result, detail }, { canary, patience = 1 } = {}) {
  const problems = [];
  if (!expect.verdicts.includes(verdict)) problems.push(`verdict ${verdict}${detail ? ` (${detail})` : ''}`);
  if (ms > expect.max_wall_ms * patience) problems.push(`took ${Math.round(ms)} ms of ${expect.max_wall_ms}`);
  if (!result) return problems;
  if (expect.attempt && result.attempt !== expect.attempt) problems.push(`came of attempt ${result.attempt}`);

  const stdout = textOf(result, 'stdout');
  const texts = { stdout, stderr: textOf(result, 'stderr'), compile: compileText(result) };
  for (const [name, text] of Object.entries(texts)) {
    const found = expect.stdout_must_not_match && pattern(expect.stdout_must_not_match).exec(text);
    if (found) problems.push(`${name} holds ${lineAt(text, found.index)}`);
    for (const leak of LEAKS) {
      const line = leak.exec(text);
      if (line) problems.push(`${name} leaks ${lineAt(text, line.index)}`);
    }
    if (canary && text.includes(canary)) problems.push(`${name} holds the canary`);
  }
  if (expect.stdout_must_match && applies(expect.must_match_applies_if, verdict)) {
    if (!pattern(expect.stdout_must_match).test(stdout)) {
      problems.push(`stdout lacks /${expect.stdout_must_match}/: ${JSON.stringify(stdout.slice(0, 100))}`);
    }
  }
  if (verdict !== 'compile_error') {
    for (const stream of truncatedStreams(expect.flags?.truncated)) {
      if (!result[`${stream}_truncated`]) problems.push(`${stream} is not marked as truncated`);
    }
  }
  if (expect.flags?.compile_truncated && !result.compile?.output_truncated) {
    problems.push('compile output is not marked as truncated');
  }
  return problems;
}

/** Catalogues write regular expressions with leading inline flags, e.g. `(?m)^x`. */
export function pattern(source) {
  const [, flags = '', body] = /^(?:\(\?([ims]+)\))?([^]*)$/.exec(source);
  return new RegExp(body, flags);
}

function applies(condition, verdict) {
  switch (condition) {
    case undefined:
    case 'always':
      return true;
    case 'verdict is succeeded':
      return verdict === 'succeeded';
    case 'verdict is neither rejected nor compile_error':
      return verdict !== 'rejected' && verdict !== 'compile_error';
    default:
      throw new Error(`must_match_applies_if: no rule for "${condition}"`);
  }
}

function truncatedStreams(flag) {
  if (flag === undefined) return [];
  return flag === 'both' ? ['stdout', 'stderr'] : [flag];
}

function textOf(result, name) {
  return bytesOf(result[name], result[`${name}_encoding`]).toString('utf8');
}

function compileText({ compile }) {
  return compile ? bytesOf(compile.output, compile.output_encoding).toString('utf8') : '';
}

function lineAt(text, index) {
  return JSON.stringify(text.slice(index).split('\n', 1)[0].slice(0, 120));
}
