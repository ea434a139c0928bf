import '../components/tabs.css';
import './file.tabs.css';
import { type KeyboardEvent, useId, useState } from 'react';
import { Button } from '../components/button';
import { Dialog } from '../components/dialog';
import { MoreIcon, PlusIcon } from '../components/icons';
import { Menu } from '../components/menu';
import { TextField } from '../components/text.field';
import { Tooltip } from '../components/tooltip';
import {
  canHoldMore,
  type Draft,
  freeName,
  nameProblem,
  withEntry,
  withFile,
  withNewFile,
  withoutFile,
} from '../draft/draft';

interface FileTabsProps {
  readonly draft: Draft;
  /** Id of the file that is shown. */
  readonly shown: string;
  /** Id of the element that shows it. */
  readonly panelId: string;
  readonly onShow: (id: string) => void;
  readonly onChange: (change: (draft: Draft) => Draft) => void;
}

/** What a name is asked for. */
type Asking = { readonly what: 'new' } | { readonly what: 'rename'; readonly id: string } | undefined;

/** The files of a program as tabs; the first is the one that runs. */
export function FileTabs({ draft, shown, panelId, onShow, onChange }: FileTabsProps) {
  const [asking, setAsking] = useState<Asking>();
  const [isDeleting, setDeleting] = useState(false);
  const { files } = draft;
  const file = files.find(({ id }) => id === shown);

  const showNear = (id: string) => {
    const at = files.findIndex((other) => other.id === id);
    const next = files[at + 1] ?? files[at - 1];
    if (next) onShow(next.id);
  };
  const moveBy = (event: KeyboardEvent) => {
    const at = files.findIndex(({ id }) => id === shown);
    const to: Partial<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: files.length - 1,
    };
    const index = to[event.key];
    if (index !== undefined) {
      const next = files[(index + files.length) % files.length];
      if (!next) return;
      event.preventDefault();
      onShow(next.id);
      document.getElementById(`tab-${next.id}`)?.focus();
    } else if (event.key === 'F2') setAsking({ what: 'rename', id: shown });
    else if (event.key === 'Delete' && files.length > 1) setDeleting(true);
  };
  return (
    <div className="tabs-bar file-bar">
      <div className="tabs-list" role="tablist" aria-label="Files" tabIndex={-1} onKeyDown={moveBy}>
        {files.map(({ id, name }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            className="tab file-tab"
            role="tab"
            aria-selected={id === shown}
            aria-controls={panelId}
            tabIndex={id === shown ? 0 : -1}
            title={name}
            onClick={() => {
              onShow(id);
            }}
            onDoubleClick={() => {
              setAsking({ what: 'rename', id });
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <div className="file-actions">
        <Tooltip text="Add a file">
          <Button
            kind="plain"
            isIcon
            aria-label="Add a file"
            isDisabled={!canHoldMore(draft)}
            onPress={() => {
              setAsking({ what: 'new' });
            }}
          >
            <PlusIcon />
          </Button>
        </Tooltip>
        <Menu
          label="File"
          trigger={
            <Button kind="plain" isIcon aria-label={`File ${file?.name ?? ''}: rename, delete`}>
              <MoreIcon />
            </Button>
          }
          onAction={(action) => {
            if (action === 'rename') setAsking({ what: 'rename', id: shown });
            else if (action === 'entry') onChange((now) => withEntry(now, shown));
            else setDeleting(true);
          }}
          entries={[
            { id: 'rename', label: 'Rename', hint: 'F2' },
            { id: 'entry', label: 'Make it the one that runs', isDisabled: files[0]?.id === shown },
            { id: 'delete', label: 'Delete', hint: 'Del', isDanger: true, isDisabled: files.length === 1 },
          ]}
        />
      </div>
      {asking ? (
        <NameDialog
          title={asking.what === 'new' ? 'New file' : 'Rename file'}
          initial={asking.what === 'new' ? freeName(draft) : (file?.name ?? '')}
          others={files.filter(({ id }) => asking.what === 'new' || id !== asking.id).map(({ name }) => name)}
          onClose={() => {
            setAsking(undefined);
          }}
          onName={(name) => {
            setAsking(undefined);
            if (asking.what === 'rename') onChange((now) => withFile(now, asking.id, { name }));
            else {
              const next = withNewFile(draft, name);
              onChange(() => next);
              const added = next.files.at(-1);
              if (added) onShow(added.id);
            }
          }}
        />
      ) : null}
      <Dialog
        title={`Delete ${file?.name ?? ''}?`}
        role="alertdialog"
        isOpen={isDeleting}
        onClose={() => {
          setDeleting(false);
        }}
      >
        <p>What is in it is gone then.</p>
        <div className="dialog-actions">
          <Button
            onPress={() => {
              setDeleting(false);
            }}
          >
            Keep it
          </Button>
          <Button
            kind="danger"
            onPress={() => {
              setDeleting(false);
              showNear(shown);
              onChange((now) => withoutFile(now, shown));
            }}
          >
            Delete
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

interface NameDialogProps {
  readonly title: string;
  readonly initial: string;
  readonly others: readonly string[];
  readonly onName: (name: string) => void;
  readonly onClose: () => void;
}

function NameDialog({ title, initial, others, onName, onClose }: NameDialogProps) {
  const [name, setName] = useState(initial);
  const [isTried, setTried] = useState(false);
  const problem = nameProblem(name, others);
  const formId = useId();
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <form
        id={formId}
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === undefined) onName(name);
          else setTried(true);
        }}
      >
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          problem={isTried || name !== initial ? problem : undefined}
          autoFocus
          onFocus={({ currentTarget }) => {
            const stem = currentTarget.value.lastIndexOf('.');
            currentTarget.setSelectionRange(0, stem > 0 ? stem : currentTarget.value.length);
          }}
        />
        <div className="dialog-actions">
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" type="submit">
            {title === 'New file' ? 'Add' : 'Rename'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
