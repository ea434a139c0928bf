import type { InputMessage } from '@runbin/contracts/live';
import type { InputRefusedReason } from '@runbin/contracts/run.socket';
import type { Delivery } from './run.inputs';

/** What may wait for one program; beyond it nothing more is read from the client. */
const FULL_BYTES = 128 * 1024;
const FULL_MESSAGES = 256;
/** How long to wait before something is offered again that could not be taken. */
const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 500;

interface Owner {
  readonly deliver: (message: InputMessage) => Promise<Delivery>;
  readonly refused: (reason: InputRefusedReason) => void;
  /** There is room again. */
  readonly drained: () => void;
}

/**
 * Input on its way to one run, one piece at a time and in order. What can not be taken yet (the run waits, or its program
 * does not read) stays, and is offered again; a signal overtakes input that the program does not read.
 */
export class InputQueue {
  private readonly waiting: InputMessage[] = [];
  private bytes = 0;
  private isPumping = false;
  private hasStopped = false;
  private nap: (() => void) | undefined;

  constructor(private readonly owner: Owner) {}

  push(message: InputMessage): void {
    this.waiting.push(message);
    this.bytes += bytesOf(message);
    if (isUrgent(message)) this.wake();
    if (!this.isPumping) void this.pump();
  }

  get isFull(): boolean {
    return this.bytes >= FULL_BYTES || this.waiting.length >= FULL_MESSAGES;
  }

  /** There is a reason to offer again what could not be taken. */
  wake(): void {
    this.nap?.();
  }

  /** Forgets what has not been taken. */
  stop(): void {
    this.hasStopped = true;
    this.waiting.length = 0;
    this.wake();
  }

  private async pump(): Promise<void> {
    this.isPumping = true;
    let retryMs = FIRST_RETRY_MS;
    for (let head = this.waiting[0]; head; head = this.waiting[0]) {
      const delivery = await this.owner.deliver(head);
      if (delivery === 'queue_full') await this.passUrgent();
      if (delivery === 'queue_full' || delivery === 'nobody') {
        await this.rest(retryMs);
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
      } else {
        this.settle(head, delivery);
        retryMs = FIRST_RETRY_MS;
      }
    }
    this.isPumping = false;
  }

  private async passUrgent(): Promise<void> {
    for (const message of this.waiting.filter(isUrgent)) {
      const delivery = await this.owner.deliver(message);
      if (delivery === 'nobody') return;
      this.settle(message, delivery);
    }
  }

  private settle(message: InputMessage, delivery: Exclude<Delivery, 'nobody'>): void {
    const at = this.waiting.indexOf(message);
    if (at === -1) return; // stopped meanwhile
    this.waiting.splice(at, 1);
    this.bytes -= bytesOf(message);
    if (delivery !== 'taken') this.owner.refused(delivery);
    if (!this.isFull) this.owner.drained();
  }

  private async rest(ms: number): Promise<void> {
    if (this.hasStopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.nap = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.nap = undefined;
  }
}

const bytesOf = (message: InputMessage) => (message.kind === 'stdin' ? message.data.length : 0);
const isUrgent = ({ kind }: InputMessage) => kind === 'signal' || kind === 'resize';
