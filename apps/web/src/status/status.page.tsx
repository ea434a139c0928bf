import './status.page.css';
import type { GetStatusResponse } from '@runbin/contracts/service.status';
import { useState } from 'react';
import { Button } from '../components/button';
import { chooseTheme, chosenTheme, type Theme } from '../theme/theme';
import icon from '../theme/icon.svg';
import { Mark } from './mark';
import { QueueSection } from './queue';
import { RunnersSection } from './runners';
import { ServicesSection, WeaknessesSection } from './services';
import type { FeedState } from './status.feed';
import { headlineOf } from './status.words';
import { TrafficSection } from './traffic';
import { useStatus } from './use.status';

const NEXT_THEME: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

export function StatusPage() {
  const { pause, ...feed } = useStatus();
  return (
    <>
      <header className="status-header">
        <a href="/" className="status-brand" aria-label="Runbin">
          <img src={icon} alt="" />
          <span>Runbin</span>
        </a>
        <h1>Status</h1>
        <div className="status-gap" />
        <Told {...feed} />
        <Button
          onPress={() => {
            pause(!feed.isPaused);
          }}
        >
          {feed.isPaused ? 'Go on' : 'Pause'}
        </Button>
        <ThemeButton />
      </header>
      <main className="status-main">
        <Headline {...feed} />
        {feed.status ? <Sections status={feed.status} /> : null}
      </main>
    </>
  );
}

function Sections({ status }: { readonly status: GetStatusResponse }) {
  return (
    <>
      <ServicesSection services={status.services} />
      <TrafficSection traffic={status.traffic} />
      <div className="status-beside">
        <QueueSection queue={status.queue} at={status.at} />
        <WeaknessesSection status={status} />
      </div>
      <RunnersSection runners={status.runners} />
    </>
  );
}

/** The one line that is read out when it changes. */
function Headline({ status, problem }: FeedState) {
  const headline = problem
    ? ({ tone: 'bad', text: problem } as const)
    : status
      ? headlineOf(status)
      : ({ tone: 'wait', text: 'Asking …' } as const);
  return (
    <div className={`status-headline status-headline-${headline.tone}`}>
      <Mark tone={headline.tone} />
      <p role="status">
        {headline.text}
        {problem && status ? <span className="status-dim"> What is below was told before that.</span> : null}
      </p>
    </div>
  );
}

function Told({ toldAt, isPaused }: FeedState) {
  if (toldAt === undefined) return null;
  const time = new Date(toldAt).toLocaleTimeString('en-GB');
  return (
    <p className="status-told">
      {isPaused ? 'Paused at ' : 'As of '}
      <time>{time}</time>
    </p>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <Button
      kind="plain"
      aria-label={`Theme: ${theme}`}
      onPress={() => {
        const next = NEXT_THEME[theme];
        chooseTheme(next);
        setTheme(next);
      }}
    >
      <span className="status-wide">Theme: </span>
      {theme}
    </Button>
  );
}
