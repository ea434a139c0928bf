import { SocketMeter } from './socket.meter';

const KIB = 1024;
const taken = (meter: SocketMeter, bytes: number, among: number, nowMs: number) =>
  Array.from({ length: among }, () => meter.exceeds(bytes, nowMs)).filter((exceeds) => !exceeds).length;

it('bounds how many messages come, however small', () => {
  const meter = new SocketMeter();
  expect(taken(meter, 0, 10_000, 0)).toBe(2_000);
  expect(taken(meter, 0, 10_000, 1_000)).toBe(500);
});

it('bounds how many bytes come, however they are cut', () => {
  expect(taken(new SocketMeter(), 256 * KIB, 1_000, 0)).toBe(128);
  expect(taken(new SocketMeter(), 48 * KIB, 1_000, 0)).toBe(683);
});

it('lets a person type for ever', () => {
  const meter = new SocketMeter();
  const keys = Array.from({ length: 30_000 }, (_, key) => meter.exceeds(40, key * 20));
  expect(keys).not.toContain(true);
});
