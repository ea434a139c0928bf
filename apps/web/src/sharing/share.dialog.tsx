import './share.dialog.css';
import { useEffect, useState } from 'react';
import { api } from '../api/client';
import { wordsOf } from '../api/problem';
import { Button } from '../components/button';
import { Dialog } from '../components/dialog';
import type { HistoryStore, KeptLink } from '../history/history.store';
import { CopyButton } from './copy.button';
import { QrCode } from './qr.code';
import { embedOf, LIFETIMES, markdownOf } from './snippets';

/** A run that can be shared, and what is said of it. */
export interface Shareable {
  readonly submissionId: string;
  /** Empty: it is somebody else's, and its links can not be revoked from here. */
  readonly ownerToken: string;
  readonly title: string;
  readonly language: string;
  readonly source: string;
  /** What is in the editor is not what ran. */
  readonly isOutdated: boolean;
}

interface ShareDialogProps {
  readonly shareable: Shareable | undefined;
  readonly history: HistoryStore;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Runs what is in the editor, which can then be shared. */
  readonly onRun: () => void;
}

type Lifetime = (typeof LIFETIMES)[number];

/** Makes a link of a run, in every form that it is wanted in. */
export function ShareDialog({ shareable, history, isOpen, onClose, onRun }: ShareDialogProps) {
  return (
    <Dialog title="Share" isOpen={isOpen} onClose={onClose}>
      {shareable && !shareable.isOutdated ? (
        <Link key={shareable.submissionId} shareable={shareable} history={history} />
      ) : (
        <div className="share">
          <p>
            {shareable
              ? 'You have changed the program since it ran. A link shows a run: run it once more, then share it.'
              : 'A link shows a program with what came out of it. Run it first, then share it.'}
          </p>
          <div className="dialog-actions">
            {shareable ? <ShareAnyway shareable={shareable} history={history} /> : null}
            <Button kind="primary" onPress={onRun}>
              Run it
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function ShareAnyway(props: { readonly shareable: Shareable; readonly history: HistoryStore }) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted) return <Link {...props} />;
  return <Button onPress={() => setWanted(true)}>Share the last run</Button>;
}

function Link({ shareable, history }: { readonly shareable: Shareable; readonly history: HistoryStore }) {
  const { submissionId } = shareable;
  const [lifetime, setLifetime] = useState<Lifetime>(LIFETIMES[0]);
  const [link, setLink] = useState<KeptLink>();
  const [trouble, setTrouble] = useState<string>();
  const [isRevoked, setRevoked] = useState(false);

  useEffect(() => {
    if (isRevoked) return;
    let isWanted = true;
    api.generateUrl(submissionId, lifetime.seconds).then(
      ({ code, unique_url, expires_at }) => {
        if (!isWanted) return;
        const made = { code, url: unique_url, expiresAt: expires_at };
        const others = (history.find(submissionId)?.links ?? []).filter((other) => other.code !== code);
        history.change(submissionId, { links: [...others, made] });
        setLink(made);
        setTrouble(undefined);
      },
      (error: unknown) => {
        if (isWanted) setTrouble(wordsOf(error));
      },
    );
    return () => {
      isWanted = false;
    };
  }, [history, submissionId, lifetime, isRevoked]);

  const revoke = ({ code }: KeptLink) => {
    api.revokeUrl(code, shareable.ownerToken).then(
      () => {
        const left = (history.find(submissionId)?.links ?? []).filter((other) => other.code !== code);
        history.change(submissionId, { links: left });
        setRevoked(true);
        setLink(undefined);
      },
      (error: unknown) => setTrouble(wordsOf(error)),
    );
  };

  if (isRevoked) {
    return (
      <div className="share">
        <p role="status">The link is revoked: who opens it is told so.</p>
        <div className="dialog-actions">
          <Button onPress={() => setRevoked(false)}>Make a new link</Button>
        </div>
      </div>
    );
  }
  const shared = link && { ...shareable, ...link };
  return (
    <div className="share">
      <fieldset className="lifetimes">
        <legend>The link ends</legend>
        {LIFETIMES.map((choice) => (
          <label key={choice.id}>
            <input
              type="radio"
              name="lifetime"
              checked={choice === lifetime}
              onChange={() => {
                setLink(undefined);
                setLifetime(choice);
              }}
            />
            {choice.label}
          </label>
        ))}
      </fieldset>
      {trouble === undefined ? null : (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      <div className="share-link">
        <input
          className="field-input"
          aria-label="Link"
          readOnly
          value={link?.url ?? ''}
          placeholder={trouble === undefined ? 'Making the link …' : ''}
          onFocus={(event) => event.target.select()}
        />
        <CopyButton label="Copy link" text={link?.url ?? ''} kind="primary" />
      </div>
      {shared ? (
        <div className="share-with">
          <div className="share">
            <div className="share-ways">
              <CopyButton label="Copy as Markdown" text={markdownOf(shared)} />
              <CopyButton label="Copy to embed" text={embedOf(shared)} />
            </div>
            <p className="quiet">
              Whoever has the link sees code, input and output.{' '}
              {link.expiresAt === null
                ? 'It works until you revoke it.'
                : `It works until ${new Date(link.expiresAt).toLocaleString()}.`}
            </p>
            {shareable.ownerToken === '' ? null : (
              <div>
                <Button kind="danger" onPress={() => revoke(link)}>
                  Revoke this link
                </Button>
              </div>
            )}
          </div>
          <QrCode text={link.url} />
        </div>
      ) : null}
    </div>
  );
}
