import { bytesHeld } from './docker.weights';

it.each([
  ['v1', { total_active_file: 100, total_inactive_file: 20, active_file: 1, inactive_file: 1 }],
  ['v2', { active_file: 100, inactive_file: 20 }],
])('what a container holds is without the pages of files, by cgroup %s', (_, stats) => {
  expect(bytesHeld({ usage: 1000, stats })).toBe(880);
});

it('is not known of a container that has ended', () => {
  expect(bytesHeld({})).toBeUndefined();
});
