import { costOfAnswer, costOfRead } from './read.costs';

it.each([
  ['/healthz', 0],
  ['/readyz', 0],
  ['/metrics', 0],
  ['/assets/:asset', 0.1],
  ['/v1/submissions/:submission_id/result', 1],
  ['/v1/submissions/:submission_id/events', 1],
  ['/v1/urls/:code', 1],
  ['/s/:code/raw/*', 1],
  ['/', 1],
  [undefined, 1],
  ['/s/:code', 5],
  ['/embed/:code', 5],
  ['/s/:code/card.png', 5],
  ['/s/:code/zip', 10],
])('reading %s costs %d', (route, cost) => {
  expect(costOfRead(route)).toBe(cost);
});

it.each([
  [0, 0],
  [256 * 1024 - 1, 0],
  [256 * 1024, 1],
  [16 * 1024 * 1024, 64],
])('an answer of %d bytes costs another %d', (bytes, cost) => {
  expect(costOfAnswer(bytes)).toBe(cost);
});
