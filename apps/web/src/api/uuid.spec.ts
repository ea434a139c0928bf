import { validate, version } from 'uuid';
import { newUuid } from './uuid';

it('makes random UUIDs, each another', () => {
  const made = Array.from({ length: 100 }, newUuid);
  expect(new Set(made).size).toBe(100);
  expect(made.every((id) => validate(id) && version(id) === 4)).toBe(true);
});
