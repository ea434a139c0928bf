import type { IncomingHttpHeaders } from 'node:http';
import type { Result } from '../../libs/contracts/src/result.js';
import type { Encoding } from '../../libs/contracts/src/text.js';

export interface RequestOptions {
  json?: unknown;
  body?: string | Uint8Array;
  chunked?: boolean;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

type Waiting = RequestOptions & { wait?: number };

export declare class Client {
  constructor(url: string);
  get url(): string;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  submitCode(submission: unknown, options?: Waiting): Promise<Answer>;
  getResult(submissionId: string, options?: Waiting): Promise<Answer>;
  generateUrl(submissionId: string, body?: unknown, options?: RequestOptions): Promise<Answer>;
  getSubmission(code: string, options?: RequestOptions): Promise<Answer>;
  finalResult(submissionId: string, options?: { timeoutMs?: number }): Promise<Result>;
  run(submission: unknown, options?: { timeoutMs?: number }): Promise<Result>;
  isReady(): Promise<boolean>;
  untilReady(timeoutMs: number): Promise<void>;
  close(): void;
}

export declare function bytesOf(content: string, encoding: Encoding): Buffer;
