import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { LIMIT_FIELDS, readLimit, shownLimit, withUnit } from './limits';

describe('limits as people know them', () => {
  it('are all there', () => {
    expect(LIMIT_FIELDS.map(({ name }) => name).sort()).toEqual(Object.keys(DEFAULT_LIMITS).sort());
  });

  it.each(LIMIT_FIELDS)('are read as they are shown: $name', (field) => {
    const value = DEFAULT_LIMITS[field.name];
    expect(readLimit(field, shownLimit(field, value), undefined)).toBe(value);
  });

  const [time] = LIMIT_FIELDS;
  if (!time) throw new Error('no fields');
  it.each([
    ['', undefined],
    [' ', undefined],
    ['2', 2000],
    ['0.25', 250],
    ['0,25', 250],
    ['10', 10_000],
    ['11', 'At most 10 s.'],
    ['0', 'Give a number above 0.'],
    ['-1', 'Give a number above 0.'],
    ['x', 'Give a number above 0.'],
    ['1e999', 'Give a number above 0.'],
  ])('reads %j', (text, value) => {
    expect(readLimit(time, text, 10_000)).toBe(value);
  });

  it('have no unit where they are counted', () => {
    const processes = LIMIT_FIELDS.find(({ name }) => name === 'processes');
    expect(processes && withUnit(processes, 64)).toBe('64');
  });
});
