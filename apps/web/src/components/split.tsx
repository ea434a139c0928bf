import './split.css';
import { type ReactNode, useRef, useState } from 'react';
import { settings } from '../settings/settings';

interface SplitProps {
  /** `row`: side by side. */
  readonly direction: 'row' | 'column';
  /** What the handle changes: "Width of the editor". */
  readonly label: string;
  /** The place of the handle is kept under this name. */
  readonly name: string;
  /** Part of the room that the first has to begin with; 0 to 1. */
  readonly initial: number;
  readonly first: ReactNode;
  readonly second: ReactNode;
}

const LEAST = 0.15;
const STEP = 0.02;

/** Two parts and a handle between them, for pointers and for arrow keys. */
export function Split({ direction, label, name, initial, first, second }: SplitProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(() => within(Number(settings.get(`split.${name}`) ?? initial), initial));
  const move = (next: number) => {
    const bounded = within(next, initial);
    setShare(bounded);
    settings.set(`split.${name}`, bounded.toFixed(3));
  };
  const moveTo = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return;
    move(direction === 'row' ? (clientX - box.left) / box.width : (clientY - box.top) / box.height);
  };
  const isRow = direction === 'row';
  const keys: Partial<Record<string, number>> = {
    [isRow ? 'ArrowLeft' : 'ArrowUp']: share - STEP,
    [isRow ? 'ArrowRight' : 'ArrowDown']: share + STEP,
    Home: LEAST,
    End: 1 - LEAST,
  };
  return (
    <div
      className={`split split-${direction}`}
      ref={frame}
      style={{ '--share': `${(share * 100).toFixed(1)}%` } as React.CSSProperties}
    >
      <div className="split-first">{first}</div>
      <div
        className="split-handle"
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation={isRow ? 'vertical' : 'horizontal'}
        aria-valuemin={LEAST * 100}
        aria-valuemax={(1 - LEAST) * 100}
        aria-valuenow={Math.round(share * 100)}
        onKeyDown={(event) => {
          const next = keys[event.key];
          if (next === undefined) return;
          event.preventDefault();
          move(next);
        }}
        onDoubleClick={() => {
          move(initial);
        }}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) moveTo(event);
        }}
      />
      <div className="split-second">{second}</div>
    </div>
  );
}

function within(share: number, fallback: number): number {
  return Number.isFinite(share) ? Math.min(1 - LEAST, Math.max(LEAST, share)) : fallback;
}
