/** A sign beside words that say the same: its form tells what its colour does. */
export function Mark({ tone }: { readonly tone: 'good' | 'wait' | 'bad' }) {
  const path = { good: 'm3.5 8.5 3 3 6-7', wait: 'M8 4v5m0 3h.01', bad: 'm4.5 4.5 7 7m0-7-7 7' }[tone];
  return (
    <svg className={`mark mark-${tone}`} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
