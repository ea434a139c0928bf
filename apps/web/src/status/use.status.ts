import { useEffect, useState, useSyncExternalStore } from 'react';
import { api } from '../api/client';
import { type FeedState, StatusFeed } from './status.feed';

const isSeen = () => document.visibilityState === 'visible';

/** The status as it comes, while this page is looked at; and what pauses it. */
export function useStatus(): FeedState & { readonly pause: (isPaused: boolean) => void } {
  const [feed] = useState(() => new StatusFeed((signal) => api.getStatus(signal)));
  useEffect(() => {
    const look = () => feed.see(isSeen());
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      feed.see(false);
    };
  }, [feed]);
  const state = useSyncExternalStore(
    (onChange) => feed.onChange(onChange),
    () => feed.state,
  );
  return { ...state, pause: (isPaused) => feed.pause(isPaused) };
}
