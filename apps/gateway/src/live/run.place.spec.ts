import { placeOf, positionOf } from './run.place';

it.each([
  ['0.0', { attempt: 0, seq: 0 }],
  ['1.17', { attempt: 1, seq: 17 }],
  ['999999999.999999999', { attempt: 999_999_999, seq: 999_999_999 }],
])('%s is a place', (position, place) => {
  expect(placeOf(position)).toEqual(place);
  expect(positionOf(place)).toBe(position);
});

it('tells the end, of whatever attempt', () => {
  expect(placeOf('3.end')).toBe('end');
});

it.each(['', '1', '1.', '.1', '1.2.3', '-1.0', '1.0\n', ' 1.0', '1.ende', '1234567890.0', '1.٣'])(
  '%j is none',
  (position) => {
    expect(placeOf(position)).toBeUndefined();
  },
);
