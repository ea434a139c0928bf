import './header.css';
import type { LanguagesResponse } from '@runbin/contracts/language';
import { memo, useState } from 'react';
import { Button } from '../components/button';
import { HistoryIcon, MoreIcon, PlayIcon, ShareIcon, StopIcon } from '../components/icons';
import { Menu } from '../components/menu';
import { Picker } from '../components/picker';
import { Tooltip } from '../components/tooltip';
import { chooseTheme, chosenTheme, type Theme } from '../theme/theme';
import icon from '../theme/icon.svg';

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const RUN_KEY = IS_APPLE ? '⌘↵' : 'Ctrl+Enter';

const NEXT_THEME: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

interface HeaderProps {
  readonly known: LanguagesResponse | undefined;
  readonly language: string | undefined;
  readonly onLanguage: (id: string) => void;
  readonly isBusy: boolean;
  readonly isStopping: boolean;
  readonly canRun: boolean;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onShare: () => void;
  readonly onHistory: () => void;
  readonly onNew: () => void;
}

export const Header = memo(function Header(props: HeaderProps) {
  const { known, language, isBusy, isStopping, canRun } = props;
  return (
    <header className="header">
      <h1 className="brand">
        <img src={icon} alt="" />
        <span>Runbin</span>
      </h1>
      <LanguagePicker known={known} chosen={language} onChoose={props.onLanguage} />
      <div className="run-button">
        {isBusy ? (
          <Button kind="danger" onPress={props.onStop} isDisabled={isStopping}>
            <StopIcon />
            {isStopping ? 'Stopping' : 'Stop'}
          </Button>
        ) : (
          <Button kind="primary" onPress={props.onRun} isDisabled={!canRun}>
            <PlayIcon />
            Run
            <span className="run-key" aria-hidden="true">
              {RUN_KEY}
            </span>
          </Button>
        )}
      </div>
      <div className="header-gap" />
      <span className="header-wide">
        <Button kind="plain" onPress={props.onHistory}>
          <HistoryIcon />
          History
        </Button>
      </span>
      <Tooltip text="Make a link">
        <Button kind="normal" onPress={props.onShare}>
          <ShareIcon />
          <span className="header-wide">Share</span>
          <span className="visually-hidden header-narrow">Share</span>
        </Button>
      </Tooltip>
      <MoreMenu onHistory={props.onHistory} onNew={props.onNew} />
    </header>
  );
});

const LanguagePicker = memo(function LanguagePicker({
  known,
  chosen,
  onChoose,
}: {
  readonly known: LanguagesResponse | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const language = known?.languages.find(({ id }) => id === chosen);
  const choices = (known?.languages ?? []).map(({ id, label, version, available, aliases }) => ({
    id,
    text: label,
    words: [id, ...aliases],
    hint: available ? (version ?? '') : 'not here now',
  }));
  // What can be run comes first.
  choices.sort((one, other) => Number(one.hint === 'not here now') - Number(other.hint === 'not here now'));
  return (
    <Picker
      label="Language"
      choices={choices}
      chosen={chosen ?? ''}
      onChoose={onChoose}
      shown={
        <>
          {language?.label.replace(/ \(.*\)$/, '') ?? chosen ?? 'Language'}
          {language?.version ? (
            <span className="language-version header-wide">{language.version}</span>
          ) : null}
        </>
      }
    />
  );
});

const MoreMenu = memo(function MoreMenu({
  onHistory,
  onNew,
}: {
  readonly onHistory: () => void;
  readonly onNew: () => void;
}) {
  const [theme, setTheme] = useState(chosenTheme);
  const actions: Record<string, () => void> = {
    new: onNew,
    history: onHistory,
    theme: () => {
      const next = NEXT_THEME[theme];
      chooseTheme(next);
      setTheme(next);
    },
    docs: () => location.assign('/docs'),
    status: () => location.assign('/status'),
  };
  return (
    <Menu
      label="Menu"
      trigger={
        <Button kind="plain" isIcon aria-label="Menu">
          <MoreIcon />
        </Button>
      }
      onAction={(id) => actions[id]?.()}
      entries={[
        { id: 'new', label: 'Start again from the example' },
        { id: 'history', label: 'History' },
        { id: 'theme', label: 'Theme', hint: theme },
        { id: 'docs', label: 'API documentation' },
        { id: 'status', label: 'Status of the service' },
      ]}
    />
  );
});
