import './history.dialog.css';
import { type ReactNode, useState } from 'react';
import { api } from '../api/client';
import { ApiError, wordsOf } from '../api/problem';
import { Button } from '../components/button';
import { Dialog } from '../components/dialog';
import { TrashIcon } from '../components/icons';
import { Tabs } from '../components/tabs';
import type { DraftStore } from '../draft/draft.store';
import { explain } from '../output/verdict';
import type { HistoryStore, KeptLink, KeptRun } from './history.store';

interface HistoryDialogProps {
  readonly history: HistoryStore;
  readonly drafts: DraftStore;
  /** Its draft can not be deleted while it is being written. */
  readonly openDraftId: string | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onOpenRun: (run: KeptRun) => void;
  readonly onOpenDraft: (id: string) => void;
}

/** What was run and written in this browser: to open again, and to be rid of. */
export function HistoryDialog({ isOpen, onClose, ...rest }: HistoryDialogProps) {
  return (
    <Dialog title="History" isOpen={isOpen} onClose={onClose}>
      <Contents {...rest} onClose={onClose} />
    </Dialog>
  );
}

function Contents(props: Omit<HistoryDialogProps, 'isOpen'>) {
  const [tab, setTab] = useState('runs');
  const [trouble, setTrouble] = useState<string>();
  // Everything is read anew when something has been deleted.
  const [, setChanges] = useState(0);
  const changed = () => setChanges((now) => now + 1);
  const { history, drafts } = props;

  const attempt = async (work: () => Promise<void>, alreadyGone: readonly string[]) => {
    setTrouble(undefined);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError && alreadyGone.includes(error.code))) {
        setTrouble(wordsOf(error));
        return false;
      }
    }
    return true;
  };
  const deleteRun = async ({ submissionId, ownerToken }: KeptRun) => {
    const isGone = await attempt(
      () => api.deleteSubmission(submissionId, ownerToken),
      ['submission_not_found'],
    );
    if (isGone) history.remove(submissionId);
    changed();
  };
  const revoke = async ({ submissionId, ownerToken, links }: KeptRun, { code }: KeptLink) => {
    const isGone = await attempt(() => api.revokeUrl(code, ownerToken), ['link_gone', 'link_not_found']);
    if (isGone) history.change(submissionId, { links: links.filter((link) => link.code !== code) });
    changed();
  };

  const runs = history.list();
  const kept = drafts.list();
  return (
    <div className="history">
      <Tabs
        label="History"
        chosen={tab}
        onChoose={setTab}
        tabs={[
          {
            id: 'runs',
            label: 'Runs',
            panel: (
              <>
                {trouble === undefined ? null : (
                  <p className="trouble" role="alert">
                    {trouble}
                  </p>
                )}
                <Entries empty="What you run is listed here, in this browser only.">
                  {runs.map((run) => (
                    <RunEntry
                      key={run.submissionId}
                      run={run}
                      onOpen={() => {
                        props.onOpenRun(run);
                        props.onClose();
                      }}
                      onDelete={() => void deleteRun(run)}
                      onRevoke={(link) => void revoke(run, link)}
                    />
                  ))}
                </Entries>
              </>
            ),
          },
          {
            id: 'drafts',
            label: 'Drafts',
            panel: (
              <Entries empty="What you write is kept here, in this browser only.">
                {kept.map(({ id, title, language, changedAt }) => (
                  <li className="history-entry" key={id}>
                    <button
                      type="button"
                      className="history-open"
                      onClick={() => {
                        props.onOpenDraft(id);
                        props.onClose();
                      }}
                    >
                      <span className="history-title">{title}</span>
                      <span className="history-facts">
                        {language} · {timeText(changedAt)}
                      </span>
                    </button>
                    <Button
                      kind="danger"
                      isIcon
                      aria-label={`Delete the draft ${title}`}
                      isDisabled={id === props.openDraftId}
                      onPress={() => {
                        drafts.delete(id);
                        changed();
                      }}
                    >
                      <TrashIcon />
                    </Button>
                  </li>
                ))}
              </Entries>
            ),
          },
        ]}
      />
    </div>
  );
}

function Entries({ empty, children }: { readonly empty: string; readonly children: readonly ReactNode[] }) {
  return children.length === 0 ? (
    <p className="note">{empty}</p>
  ) : (
    <ul className="history-list">{children}</ul>
  );
}

interface RunEntryProps {
  readonly run: KeptRun;
  readonly onOpen: () => void;
  readonly onDelete: () => void;
  readonly onRevoke: (link: KeptLink) => void;
}

function RunEntry({ run, onOpen, onDelete, onRevoke }: RunEntryProps) {
  const { title, tone } = explain({ status: run.status }, null);
  const className = tone === 'good' || tone === 'bad' ? ` history-${tone}` : '';
  return (
    <li>
      <div className="history-entry">
        <button type="button" className="history-open" onClick={onOpen}>
          <span className="history-title">{run.title}</span>
          <span className={`history-status${className}`}>{title}</span>
          <span className="history-facts">
            {run.language} · {timeText(Date.parse(run.createdAt))}
          </span>
        </button>
        <Button
          kind="danger"
          isIcon
          aria-label={`Delete the run ${run.title}, its result and its links`}
          onPress={onDelete}
        >
          <TrashIcon />
        </Button>
      </div>
      {run.links.map((link) => (
        <div className="history-link" key={link.code}>
          <a href={link.url}>{link.url.replace(/^https?:\/\//, '')}</a>
          <Button
            kind="danger"
            aria-label={`Revoke ${link.url}`}
            onPress={() => {
              onRevoke(link);
            }}
          >
            Revoke
          </Button>
        </div>
      ))}
    </li>
  );
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
