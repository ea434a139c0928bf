import './inputs.panel.css';
import type { LanguageSummary } from '@runbin/contracts/language';
import type { Limits } from '@runbin/contracts/limits';
import { memo, useState } from 'react';
import { Button } from '../components/button';
import { Tabs } from '../components/tabs';
import { TextField } from '../components/text.field';
import { splitArguments } from '../draft/arguments';
import type { Draft } from '../draft/draft';
import { LIMIT_FIELDS, readLimit, shownLimit, withUnit } from '../draft/limits';

interface InputsPanelProps {
  readonly draft: Draft;
  readonly language: LanguageSummary | undefined;
  readonly caps: Limits | undefined;
  readonly onChange: (change: (draft: Draft) => Draft) => void;
}

/** What a program is given: standard input, arguments, limits. */
export const InputsPanel = memo(function InputsPanel({ draft, language, caps, onChange }: InputsPanelProps) {
  const [tab, setTab] = useState('input');
  const isChanged = draft.args !== '' || draft.compilerArgs !== '' || Object.keys(draft.limits).length > 0;
  return (
    <Tabs
      label="What the program is given"
      chosen={tab}
      onChoose={setTab}
      beside={
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            checked={draft.isInteractive}
            onChange={({ target }) => {
              onChange((now) => ({ ...now, isInteractive: target.checked }));
            }}
          />
          Terminal
        </label>
      }
      tabs={[
        { id: 'input', label: 'Input', panel: <Stdin draft={draft} onChange={onChange} /> },
        {
          id: 'options',
          label: (
            <>
              Options
              {isChanged ? <span className="changed-mark" role="img" aria-label="changed" /> : null}
            </>
          ),
          panel: <Options key={draft.id} draft={draft} language={language} caps={caps} onChange={onChange} />,
        },
      ]}
    />
  );
});

function Stdin({ draft, onChange }: Pick<InputsPanelProps, 'draft' | 'onChange'>) {
  const { content, encoding } = draft.stdin;
  if (draft.isInteractive) {
    return <p className="note">The program runs in a terminal: type into the output while it runs.</p>;
  }
  if (encoding === 'base64') {
    return (
      <div className="note">
        <p>The input is {Math.floor((content.length * 3) / 4)} bytes that are no text.</p>
        <Button
          onPress={() => {
            onChange((now) => ({ ...now, stdin: { content: '', encoding: 'utf-8' } }));
          }}
        >
          Remove it
        </Button>
      </div>
    );
  }
  return (
    <textarea
      className="stdin"
      aria-label="Standard input"
      placeholder="What the program reads from standard input"
      value={content}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      onChange={({ target }) => {
        onChange((now) => ({ ...now, stdin: { content: target.value, encoding: 'utf-8' } }));
      }}
    />
  );
}

function Options({ draft, language, caps, onChange }: InputsPanelProps) {
  return (
    <div className="options">
      <TextField
        label="Arguments"
        hint="separated by spaces; quotes keep together"
        value={draft.args}
        problem={splitArguments(draft.args).problem}
        onChange={(args) => {
          onChange((now) => ({ ...now, args }));
        }}
      />
      {language?.takes_compiler_args || draft.compilerArgs !== '' ? (
        <TextField
          label="Compiler arguments"
          value={draft.compilerArgs}
          problem={splitArguments(draft.compilerArgs).problem}
          onChange={(compilerArgs) => {
            onChange((now) => ({ ...now, compilerArgs }));
          }}
        />
      ) : null}
      <LimitFields draft={draft} language={language} caps={caps} onChange={onChange} />
    </div>
  );
}

function LimitFields({ draft, language, caps, onChange }: InputsPanelProps) {
  // As they are typed: what is no number yet is not forgotten.
  const [texts, setTexts] = useState<Partial<Record<keyof Limits, string>>>({});
  return (
    <fieldset className="limits">
      <legend>Limits</legend>
      {LIMIT_FIELDS.map((field) => {
        const { name, label, unit } = field;
        const stated = draft.limits[name];
        const text = texts[name] ?? (stated === undefined ? '' : shownLimit(field, stated));
        const read = readLimit(field, text, caps?.[name]);
        const standard = language?.limits[name];
        return (
          <TextField
            key={name}
            label={unit === '' ? label : `${label}, ${unit}`}
            {...(caps ? { hint: `up to ${withUnit(field, caps[name])}` } : {})}
            inputMode="decimal"
            placeholder={standard === undefined ? '' : shownLimit(field, standard)}
            value={text}
            problem={typeof read === 'string' ? read : undefined}
            onChange={(next) => {
              setTexts((now) => ({ ...now, [name]: next }));
              const value = readLimit(field, next, caps?.[name]);
              if (typeof value === 'string') return;
              onChange((now) => {
                const { [name]: _before, ...others } = now.limits;
                return { ...now, limits: value === undefined ? others : { ...others, [name]: value } };
              });
            }}
          />
        );
      })}
    </fieldset>
  );
}
