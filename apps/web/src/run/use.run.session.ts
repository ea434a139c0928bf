import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { OutputStore } from '../output/output.store';
import { RunSession } from './run.session';
import type { RunState } from './run.state';

/** A session of this component, which is left when the component goes. */
export function useRunSession(): RunSession {
  const [session] = useState(() => new RunSession(new OutputStore()));
  useEffect(() => () => session.leave(), [session]);
  return session;
}

/** The state of a session; draws again with each change of it, which output is not. */
export function useRunState(session: RunSession): RunState {
  const subscribe = useCallback((onChange: () => void) => session.onChange(onChange), [session]);
  return useSyncExternalStore(subscribe, () => session.state);
}
