// @ts-check
import { parseArgs } from 'node:util';
import { backup } from './lib/admin/backup.mjs';
import { DeadLetters } from './lib/admin/dead.letters.mjs';
import { restore } from './lib/admin/restore.mjs';
import { composeTarget, localTarget } from './lib/admin/target.mjs';
import { Failure, runTool } from './lib/failure.mjs';

const HELP = `npm run admin -- [--compose] <command>

  backup <file>                 copies everything that was submitted, its results and links, and the salt of link codes
  restore <file> [--replace]    fills an empty Runbin of the same version from it; --replace: what is there is lost
  dead-letters list             messages that could not succeed: number, time, deliveries, subject, reason
  dead-letters show <n>         one of them, as it was
  dead-letters replay <n|all>   work: runs it as a new submission of the same owner; an event: publishes it again
  dead-letters drop <n>         forgets it

Of the Runbin that npm start runs on RUNBIN_DATA_DIR (default .data); --compose: of this folder's compose project.
A backup holds other people's programs and the secret of the links: keep it as you keep the databases.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    compose: { type: 'boolean' },
    replace: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
const target = () => (values.compose ? composeTarget() : localTarget(process.env));

await runTool(async () => {
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) return console.log(HELP);
  const [first] = rest;
  if (command === 'backup' && first) {
    console.log(`wrote ${first}: ${counted(await backup(target(), first))}`);
  } else if (command === 'restore' && first) {
    const { rows, next } = await restore(target(), first, { replace: values.replace ?? false });
    console.log(`restored ${counted(rows)}`);
    if (next) console.log(next);
  } else if (command === 'dead-letters' && first) {
    await deadLetters(new DeadLetters(target()), first, rest[1]);
  } else {
    throw new Failure(HELP);
  }
});

/**
 * @param {DeadLetters} letters
 * @param {string} command
 * @param {string | undefined} which
 */
async function deadLetters(letters, command, which) {
  if (command === 'list') {
    for (const { sequence, time, deliveries, subject, reason } of await letters.list()) {
      console.log([sequence, time.toISOString(), deliveries, subject, oneLine(reason)].join('\t'));
    }
  } else if (command === 'show') {
    const { message, ...facts } = await letters.show(numberOf(which));
    console.log(`${JSON.stringify(facts, null, 2)}\n${readable(message)}`);
  } else if (command === 'replay') {
    const wanted = which === 'all' ? await letters.list() : [await letters.show(numberOf(which))];
    let failed = 0;
    for (const letter of wanted) {
      const told = await letters.replay(letter).catch((error) => {
        failed++;
        return `not replayed, and kept: ${error instanceof Error ? error.message : String(error)}`;
      });
      console.log(`${letter.sequence}: ${told}`);
    }
    if (failed > 0) throw new Failure(`${failed} of ${wanted.length} could not be replayed.`);
  } else if (command === 'drop') {
    await letters.drop(numberOf(which));
  } else {
    throw new Failure(HELP);
  }
}

/** @param {string | undefined} text */
function numberOf(text) {
  if (text === undefined || !/^[1-9]\d{0,14}$/.test(text)) throw new Failure(HELP);
  return Number(text);
}

/** @param {Record<string, number>} rows by `database.table` */
function counted(rows) {
  return Object.entries(rows)
    .map(([table, count]) => `${table} ${count}`)
    .join(', ');
}

/** @param {string} text */
function oneLine(text) {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ');
}

/**
 * What strangers wrote must not move the cursor of whoever looks at it.
 * @param {Buffer} message
 */
function readable(message) {
  const text = message.toString();
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return JSON.stringify(text);
  }
}
