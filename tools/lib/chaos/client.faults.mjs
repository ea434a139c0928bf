// @ts-check
import { connect } from 'node:net';

const CLIENTS = 20;
const BYTES_PER_MS = 1;

/** @type {readonly import('./faults.mjs').Fault[]} */
export const CLIENT_FAULTS = [
  {
    kind: 'slow clients',
    weight: 3,
    inject: (system, random, ledger) => {
      const large = ledger.accepted.filter(
        ({ program, finals }) => program.kind === '100 kB' && finals.length > 0,
      );
      const sockets = Array.from({ length: CLIENTS }, (_, number) => {
        const id = large[number % Math.max(1, large.length)]?.ids[0] ?? 'none';
        return number % 2 === 0
          ? reading(random.pick(system.urls), `/v1/submissions/${id}/result`)
          : writing(random.pick(system.urls));
      });
      return {
        what: `${CLIENTS} clients take and give a byte at a time`,
        holdMs: random.between(2_000, 8_000),
        heal: () => sockets.forEach((socket) => socket.destroy()),
      };
    },
  },
];

/**
 * Asks for the same again and again on one connection, and takes no answer.
 * @param {string} url
 * @param {string} target
 */
function reading(url, target) {
  const socket = open(url);
  socket.pause();
  const request = `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  socket.write(request.repeat(50));
  const timer = setInterval(() => socket.read(1), BYTES_PER_MS * 1_000);
  socket.on('close', () => clearInterval(timer));
  return socket;
}

/** Begins a submission and does not come to its end. @param {string} url */
function writing(url) {
  const socket = open(url);
  socket.write(
    'POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{',
  );
  const timer = setInterval(() => socket.write(' '), BYTES_PER_MS * 1_000);
  socket.on('close', () => clearInterval(timer));
  return socket;
}

/** @param {string} url */
function open(url) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  return socket;
}
