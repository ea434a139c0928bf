import { PROBLEMS, type ProblemCode, type ProblemDocument } from '@runbin/contracts/problem';

/** A refusal with a stable code. Thrown anywhere, it reaches the HTTP client as an RFC 9457 document. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    /** What is wrong and what to change, for a person. */
    readonly detail: string,
    readonly errors?: ProblemDocument['errors'],
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  /** The RFC 9457 document; `base` is where the kinds are documented. */
  toDocument(instance?: string): ProblemDocument {
    const { status, title } = PROBLEMS[this.code];
    return {
      type: `/docs/problems#${this.code}`,
      title,
      status,
      code: this.code,
      detail: this.detail,
      ...(instance === undefined ? {} : { instance }),
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}

/** A problem as it crosses NATS: facts only. */
export interface WireProblem {
  problem: ProblemCode;
  detail: string;
}

export function isWireProblem(value: unknown): value is WireProblem {
  return (
    typeof value === 'object' && value !== null && 'problem' in value && String(value.problem) in PROBLEMS
  );
}
