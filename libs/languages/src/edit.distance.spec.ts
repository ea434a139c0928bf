import { editDistance } from './edit.distance';

test.each([
  ['', '', 0],
  ['', 'lua', 3],
  ['lua', '', 3],
  ['python', 'python', 0],
  ['pyhton', 'python', 2],
  ['pythn', 'python', 1],
  ['rbuy', 'ruby', 2],
  ['kitten', 'sitting', 3],
])('editDistance(%j, %j) is %d, both ways', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
  expect(editDistance(to, from)).toBe(distance);
});
