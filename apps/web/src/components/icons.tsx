import type { ReactNode } from 'react';

/** Signs of 16 × 16, drawn in the colour of the text; what they mean stands beside them or in a label. */
function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      className="icon"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

const icon = (path: string) =>
  function Sign() {
    return (
      <Icon>
        <path d={path} />
      </Icon>
    );
  };

const filled = (path: string) =>
  function Sign() {
    return (
      <Icon>
        <path d={path} fill="currentColor" />
      </Icon>
    );
  };

export const CloseIcon = icon('m4.5 4.5 7 7m0-7-7 7');
export const ChevronIcon = icon('m5 6.5 3 3 3-3');
export const PlusIcon = icon('M8 3.5v9M3.5 8h9');
export const MoreIcon = filled('M4 8h.01M8 8h.01M12 8h.01');
export const HistoryIcon = icon('M2.5 8a5.5 5.5 0 1 0 1.7-4M2.5 2.5v3h3M8 5v3l2 1.5');
export const ShareIcon = icon('M8 9.5v-7m0 0L5.5 5M8 2.5 10.5 5M3.5 8v4.5a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V8');
export const CopyIcon = icon(
  'M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2m-7-5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z',
);
export const CheckIcon = icon('m3.5 8.5 3 3 6-7');
export const TrashIcon = icon(
  'M3 4.5h10m-8 0V3.2a.7.7 0 0 1 .7-.7h4.6a.7.7 0 0 1 .7.7v1.3m.9 0-.5 8.2a.8.8 0 0 1-.8.8H5.4a.8.8 0 0 1-.8-.8l-.5-8.2M6.8 7v4M9.2 7v4',
);
export const PlayIcon = filled(
  'M5 3.2v9.6a.3.3 0 0 0 .46.25l7.4-4.8a.3.3 0 0 0 0-.5l-7.4-4.8A.3.3 0 0 0 5 3.2Z',
);
export const StopIcon = filled('M4.5 4.5h7v7h-7z');
export const ErrorIcon = icon('M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3.5M8 11h.01');
