import { Injectable } from '@nestjs/common';
import type { Config } from '@runbin/platform/config';
import { Problem } from '@runbin/platform/problem';
import { Budget, type Share } from './budget';
import type { Client } from './client';

/** One client may hold this part of what there is for all. */
const CLIENT_PART = 1 / 4;

/** What a WebSocket message that submits something holds besides what would be the body of a request. */
const MESSAGE_EXTRA_BYTES = 1024;

/** Everything that requests hold in memory for longer than a moment. */
@Injectable()
export class Budgets {
  /** Bytes of request bodies, from the head of a request to the end of its answer. */
  readonly bodies: Budget;
  /** Bytes of large answers, until the client has taken them. */
  readonly answers: Budget;
  /** Requests that wait for a result. */
  readonly waits: Budget;
  /** Requests that follow a run. */
  readonly watches: Budget;
  /** WebSockets. */
  readonly sockets: Budget;
  /** Most bytes of a message of theirs. */
  readonly messageBytes: number;

  constructor(config: Config<'gateway'>) {
    const inParts = (total: number) => new Budget(total, total * CLIENT_PART);
    this.bodies = inParts(config.GATEWAY_BODIES_BYTES);
    this.answers = inParts(config.GATEWAY_ANSWERS_BYTES);
    this.waits = new Budget(config.GATEWAY_WAITS_MAX, config.GATEWAY_CLIENT_WAITS_MAX);
    this.watches = new Budget(config.GATEWAY_WATCHES_MAX, config.GATEWAY_CLIENT_WATCHES_MAX);
    this.sockets = new Budget(config.GATEWAY_SOCKETS_MAX, config.GATEWAY_CLIENT_SOCKETS_MAX);
    this.messageBytes = config.GATEWAY_BODY_BYTES + MESSAGE_EXTRA_BYTES;
  }

  /**
   * A place to wait in.
   * @throws Problem `too_many_waits`, `overloaded`
   */
  wait(client: Client): Share {
    const share = this.waits.take(client, 1);
    if (share === 'client')
      throw new Problem('too_many_waits', 'Wait for fewer results at one time, or ask without ?wait=.');
    if (share === 'total') throw overloaded();
    return share;
  }

  /** A place to wait in, or undefined. */
  waitIfRoom(client: Client): Share | undefined {
    const share = this.waits.take(client, 1);
    return typeof share === 'string' ? undefined : share;
  }

  /**
   * A place to follow a run from.
   * @throws Problem `too_many_watches`, `overloaded`
   */
  watch(client: Client): Share {
    const share = this.watches.take(client, 1);
    if (share === 'client')
      throw new Problem('too_many_watches', 'Follow fewer runs at one time, or ask for their results.');
    if (share === 'total') throw overloaded();
    return share;
  }

  /** A place to follow a run from, or undefined. */
  watchIfRoom(client: Client): Share | undefined {
    const share = this.watches.take(client, 1);
    return typeof share === 'string' ? undefined : share;
  }

  /**
   * Room for what is made for an answer.
   * @throws Problem `overloaded`
   */
  answer(client: Client, bytes: number): Share {
    const share = this.answers.take(client, bytes);
    if (typeof share === 'string') throw overloaded();
    return share;
  }

  /**
   * A WebSocket.
   * @throws Problem `too_many_sockets`, `overloaded`
   */
  socket(client: Client): Share {
    const share = this.sockets.take(client, 1);
    if (share === 'client')
      throw new Problem('too_many_sockets', 'Close some of your sockets, or wait until their runs are over.');
    if (share === 'total') throw overloaded();
    return share;
  }

  /**
   * Room for a large message of a WebSocket: it counts as a request body.
   * @throws Problem `too_many_requests`, `overloaded`
   */
  message(client: Client): Share {
    return this.body(client, this.messageBytes);
  }

  /**
   * Room for a body.
   * @throws Problem `too_many_requests`, `overloaded`
   */
  body(client: Client, bytes: number): Share {
    const share = this.bodies.take(client, bytes);
    if (share === 'client')
      throw new Problem(
        'too_many_requests',
        'Too much of what you sent is still in work; send less at one time.',
      );
    if (share === 'total') throw overloaded();
    return share;
  }
}

export const overloaded = () => new Problem('overloaded', 'This server has too much in hand; try again.');
