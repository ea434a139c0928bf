import { publicMode } from '@runbin/contracts/weaker.modes';
import { useSystem } from './system';

const system = useSystem({ RUNNER_CGROUP_DIR: '/nonexistent' });

it('what stands in a weaker form is named by /readyz and by each result that it affects', async () => {
  const answer = await system.client.request('GET', '/readyz');
  const { runners } = answer.json as { runners: { degraded: string[] }[] };
  const { degraded } = await system.client.run({ language: 'bash', code: 'echo hello' });
  expect(runners.map((runner) => runner.degraded.map(publicMode))).toContainEqual(degraded);
  if (system.copy) {
    expect(degraded).toContainEqual(expect.stringMatching(/^no cgroup: .*limited by rlimits and sampling$/));
  }
});
