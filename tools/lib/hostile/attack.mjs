import { helloMs, helloTimes, p50, p99 } from './neighbour.mjs';

const HELLOS = 100;
/** What stands in the other slots, one after the other: all that a program can waste. */
const HOSTILE = [
  { language: 'bash', code: 'bomb() { bomb | bomb & }; bomb; sleep 30' },
  { language: 'python', code: 'x = []\nwhile True: x.append(bytearray(1 << 20))' },
  {
    language: 'c',
    code: '#include <unistd.h>\nint main(void) { for (int i = 0; i < 50; i++) fork(); for (;;); }',
  },
  { language: 'bash', code: 'while :; do head -c 50000000 /dev/zero > /tmp/x; sync; done' },
  { language: 'python', code: 'import os\nwhile True: os.write(1, b"y" * 65536)' },
].map((program) => ({ ...program, limits: { cpu_time_ms: 5_000, wall_time_ms: 10_000 } }));

/**
 * @param client of an instance that nobody else uses
 * @returns `{slots, idle, attacked}`: of a plain program, alone and with a hostile one in every slot but its own
 */
export async function measureAttack(client) {
  const { runners } = (await client.request('GET', '/readyz')).json;
  const slots = runners.reduce((sum, { permits }) => sum + permits.total, 0);
  await helloTimes(client, 10);
  const idle = await helloTimes(client, HELLOS);

  let isOver = false;
  const attackers = Array.from({ length: slots - 1 }, async (_, slot) => {
    for (let turn = slot; !isOver; turn++) await client.run(HOSTILE[turn % HOSTILE.length]);
  });
  const attacked = [];
  // Until every kind had its turn.
  const until = performance.now() + 25_000;
  while (attacked.length < HELLOS || performance.now() < until) attacked.push(await helloMs(client));
  isOver = true;
  await Promise.all(attackers);
  return { slots, idle: summary(idle), attacked: summary(attacked.sort((a, b) => a - b)) };
}

const summary = (sorted) => ({ count: sorted.length, p50: p50(sorted), p99: p99(sorted) });
