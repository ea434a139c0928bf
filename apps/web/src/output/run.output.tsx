import './run.output.css';
import type { Limits } from '@runbin/contracts/limits';
import { useEffect, useMemo, useState } from 'react';
import type { RunSession } from '../run/run.session';
import { isBusy, type RunState, statusOf } from '../run/run.state';
import { OutputStore } from './output.store';
import { OutputView } from './output.view';
import { TerminalView } from './terminal.view';
import { durationText } from './units';
import { VerdictBar } from './verdict.bar';

export interface RunOutputProps {
  readonly session: RunSession;
  /** Of this session. */
  readonly state: RunState;
  /** All limits of the run, for figures against them; null: they are not known. */
  readonly limits: Limits | null;
  /** Name of downloads, without an extension. */
  readonly name: string;
}

const NOTHING_CUT = { stdout: false, stderr: false };

/** Everything of a run: what its compiler said, what it prints or its terminal, and the verdict. */
export function RunOutput({ session, state, limits, name }: RunOutputProps) {
  const { result } = state;
  const isRunning = state.phase === 'running';
  const truncated = result
    ? { stdout: result.stdout_truncated, stderr: result.stderr_truncated }
    : NOTHING_CUT;
  const isTerminal = state.run?.input === 'terminal' && state.phase !== 'failed';
  const compileOutput = result?.compile?.output ?? '';
  const neverRan = result?.status === 'compile_error';
  return (
    <div className="run-output">
      <Trouble state={state} />
      {compileOutput === '' ? null : (
        <CompileOutput key={result?.submission_id} result={result} name={name} />
      )}
      {neverRan ? null : isTerminal ? (
        <TerminalView
          output={session.output}
          isRunning={isRunning}
          inputTrouble={state.inputTrouble}
          onType={(data) => session.type(data)}
          onTypeBytes={(base64) => session.typeBytes(base64)}
          onResize={(size) => session.resize(size)}
          onInterrupt={() => session.type('\u0003')}
          onEndInput={() => session.endInput()}
        />
      ) : (
        <OutputView
          output={session.output}
          placeholder={placeholderOf(state)}
          truncated={truncated}
          name={name}
        />
      )}
      <Verdict state={state} limits={limits} />
    </div>
  );
}

function Verdict({ state, limits }: Pick<RunOutputProps, 'state' | 'limits'>) {
  const status = statusOf(state);
  if (!status) return null;
  return <VerdictBar facts={state.result ?? { status }} limits={limits} />;
}

function placeholderOf(state: RunState): string {
  if (state.phase === 'idle') return 'Run the program, and what it prints appears here.';
  if (state.phase === 'failed') return '';
  return isBusy(state) ? 'Nothing has been printed yet.' : 'The program printed nothing.';
}

/** What the compiler said: open when it is why nothing ran. */
function CompileOutput({ result, name }: { readonly result: RunState['result']; readonly name: string }) {
  const compile = result?.compile;
  const output = useMemo(() => {
    const store = new OutputStore();
    if (compile) {
      store.append({ stream: 'stdout', data: compile.output, encoding: compile.output_encoding, at_ms: 0 });
      store.end();
    }
    return store;
  }, [compile]);
  if (!compile) return null;
  return (
    <details className="compile-output" open={result.status === 'compile_error'}>
      <summary>What the compiler said</summary>
      <OutputView
        output={output}
        placeholder=""
        truncated={{ stdout: compile.output_truncated, stderr: false }}
        name={`${name}.compiler`}
      />
    </details>
  );
}

/** What stands in the way, and how long until it is tried again. */
function Trouble({ state: { trouble, retryAt, phase } }: Pick<RunOutputProps, 'state'>) {
  const secondsLeft = useSecondsUntil(retryAt);
  if (trouble === null) return null;
  return (
    <p className={`run-trouble${phase === 'failed' ? ' run-trouble-final' : ''}`} role="alert">
      {trouble}
      {secondsLeft === null ? null : ` It is tried again in ${durationText(secondsLeft * 1000)}.`}
    </p>
  );
}

function useSecondsUntil(moment: number | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (moment === null) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [moment]);
  return moment === null ? null : Math.max(1, Math.ceil((moment - now) / 1000));
}
