import './problems.css';
import type { Mark } from '../code/code.editor';

interface ProblemsProps {
  readonly marks: readonly Mark[];
  readonly onGoTo: (mark: Mark) => void;
}

/** What a compiler or an interpreter said of places in the program, each to go to. */
export function Problems({ marks, onGoTo }: ProblemsProps) {
  if (marks.length === 0) return null;
  return (
    <section className="problems" aria-label="Problems">
      <ol>
        {marks.map((mark, at) => (
          <li key={at}>
            <button
              type="button"
              className={`problem problem-${mark.severity}`}
              onClick={() => {
                onGoTo({ ...mark });
              }}
            >
              <span className="problem-place">
                {mark.fileName}:{mark.line}
              </span>
              <span className="problem-text">
                <span className="visually-hidden">{mark.severity}: </span>
                {mark.message}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
