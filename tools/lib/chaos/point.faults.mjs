// @ts-check
import { setTimeout as delay } from 'node:timers/promises';

/** How long a point is waited for: under load each is reached several times a second. */
const REACH_MS = 10_000;

/**
 * Named points in the life of a run at which a replica is killed, as bytes that pass on one of its wires: what is
 * killed `before` has not sent or heard them, what is killed `after` has.
 * @type {{point: string, app: string, wire: 'nats' | 'postgres', direction: 'out' | 'in', text: string, when: 'before' | 'after'}[]}
 */
const POINTS = [
  {
    point: 'asked, not forwarded',
    app: 'gateway',
    wire: 'nats',
    direction: 'out',
    text: 'PUB submission.create',
    when: 'before',
  },
  {
    point: 'forwarded, not answered',
    app: 'gateway',
    wire: 'nats',
    direction: 'out',
    text: 'PUB submission.create',
    when: 'after',
  },
  {
    point: 'accepted, not said',
    app: 'gateway',
    wire: 'nats',
    direction: 'in',
    text: '_INBOX_gateway',
    when: 'before',
  },
  {
    point: 'before the row',
    app: 'submission',
    wire: 'postgres',
    direction: 'out',
    text: 'insert into submission (',
    when: 'before',
  },
  {
    point: 'row sent, commit not heard',
    app: 'submission',
    wire: 'postgres',
    direction: 'out',
    text: 'insert into submission (',
    when: 'after',
  },
  {
    point: 'committed, not published',
    app: 'submission',
    wire: 'nats',
    direction: 'out',
    text: 'PUB work.',
    when: 'before',
  },
  {
    point: 'published, ack not heard',
    app: 'submission',
    wire: 'nats',
    direction: 'out',
    text: 'PUB work.',
    when: 'after',
  },
  {
    point: 'published, not answered',
    app: 'submission',
    wire: 'nats',
    direction: 'out',
    text: 'PUB _INBOX_gateway',
    when: 'before',
  },
  {
    point: 'published, outbox not cleared',
    app: 'submission',
    wire: 'postgres',
    direction: 'out',
    text: 'delete from outbox',
    when: 'before',
  },
  {
    point: 'work on its way',
    app: 'runner',
    wire: 'nats',
    direction: 'in',
    text: '$JS.ACK.WORK',
    when: 'before',
  },
  { point: 'work taken', app: 'runner', wire: 'nats', direction: 'in', text: '$JS.ACK.WORK', when: 'after' },
  {
    point: 'run started',
    app: 'runner',
    wire: 'nats',
    direction: 'out',
    text: 'PUB run.started',
    when: 'after',
  },
  {
    point: 'while output streams',
    app: 'runner',
    wire: 'nats',
    direction: 'out',
    text: 'PUB output.',
    when: 'after',
  },
  {
    point: 'run ended, not said',
    app: 'runner',
    wire: 'nats',
    direction: 'out',
    text: 'PUB run.finished',
    when: 'before',
  },
  {
    point: 'outcome said, not acked',
    app: 'runner',
    wire: 'nats',
    direction: 'out',
    text: 'PUB run.finished',
    when: 'after',
  },
  { point: 'ack not sent', app: 'runner', wire: 'nats', direction: 'out', text: '+ACK', when: 'before' },
  {
    point: 'outcome heard, not stored',
    app: 'result',
    wire: 'postgres',
    direction: 'out',
    text: 'insert into result (',
    when: 'before',
  },
  {
    point: 'stored, commit not heard',
    app: 'result',
    wire: 'postgres',
    direction: 'out',
    text: 'insert into result (',
    when: 'after',
  },
  {
    point: 'stored, not announced',
    app: 'result',
    wire: 'nats',
    direction: 'out',
    text: 'PUB result.ready',
    when: 'before',
  },
  {
    point: 'announced, not acked',
    app: 'result',
    wire: 'nats',
    direction: 'out',
    text: '+ACK',
    when: 'before',
  },
  {
    point: 'before the link',
    app: 'url',
    wire: 'postgres',
    direction: 'out',
    text: 'insert into link',
    when: 'before',
  },
  {
    point: 'link made, not answered',
    app: 'url',
    wire: 'nats',
    direction: 'out',
    text: 'PUB _INBOX_gateway',
    when: 'before',
  },
];

/** @type {readonly import('./faults.mjs').Fault<import('./local.system.mjs').LocalSystem>[]} */
export const POINT_FAULTS = [
  {
    kind: 'kill at a point',
    weight: 18,
    inject: async (system, random) => {
      const { point, app, wire: name, direction, text, when } = random.pick(POINTS);
      const wire = system.replicas.get(app)?.wires[name];
      if (!wire) throw new Error(`${app} has no second replica`);
      const reached = new Promise((resolve) => {
        const spring = () => resolve(system.signal(`${app}-2`, 'SIGKILL'));
        wire.trap = { direction, text, when, spring };
      });
      const wasReached = await Promise.race([reached.then(() => true), delay(REACH_MS, false)]);
      wire.trap = undefined;
      return { what: `${app}-2: ${point}${wasReached ? '' : ' (not reached)'}` };
    },
  },
];
