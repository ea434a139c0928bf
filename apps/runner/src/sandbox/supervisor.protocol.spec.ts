import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import {
  execFrame,
  fileFrame,
  frame,
  FrameIn,
  FrameOut,
  FrameReader,
  OutcomeFact,
  parseArtifact,
  parseOutcome,
  SetupFlag,
  setupFrame,
  STDIN_WINDOW_BYTES,
} from './supervisor.protocol';

const header = readFileSync(join(__dirname, '../../supervisor/protocol.h'), 'utf8');
const camel = (name: string) =>
  name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const enumOf = (name: string) => new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(header)?.[1] ?? '';
const members = (name: string) =>
  [...enumOf(name).matchAll(/^\s*(\w+) = ('.'|\d+)/gm)].map(([, member = '', value = '']) => [
    camel(member.replace(/^FRAME_/, '')),
    value.startsWith("'") ? value[1] : Number(value),
  ]);

describe('the two halves of the protocol', () => {
  it.each([
    ['frame_in', FrameIn],
    ['frame_out', FrameOut],
    ['setup_flags', SetupFlag],
    ['outcome_facts', OutcomeFact],
  ])('%s is the same in C and here', (name, ours) => {
    expect(Object.fromEntries(members(name))).toEqual(ours);
  });

  it('the window of stdin is the same in C and here', () => {
    expect(members('stdin_window')).toEqual([['stdinWindow', STDIN_WINDOW_BYTES]]);
  });

  it('setup has as many numbers as the struct', () => {
    const fields = /struct setup \{([^}]*)\}/.exec(header)?.[1]?.match(/uint64_t/g) ?? [];
    expect(setupFrame(DEFAULT_LIMITS, 0)).toHaveLength(5 + 8 * fields.length);
  });
});

describe('frames', () => {
  it('strings of exec keep any byte but NUL', () => {
    expect(execFrame(['a', 'ü\n'], { K: 'v=w' }).subarray(5).toString()).toBe('\x02\0\x01\0a\0ü\n\0K=v=w\0');
  });

  it('a file reads back as an artifact', () => {
    const [head, content] = fileFrame({ name: 'dir/ü', content: Buffer.from([0, 255]), mode: 0o755 });
    expect(parseArtifact(Buffer.concat([head, content]).subarray(5))).toEqual({
      name: 'dir/ü',
      content: Buffer.from([0, 255]),
      mode: 0o755,
    });
  });

  it('are found however the stream is cut', () => {
    const stream = Buffer.concat([
      frame('O', Buffer.from('hello')),
      frame('R'),
      frame('e', Buffer.alloc(1000, 7)),
    ]);
    for (const size of [1, 2, 5, 6, 7, 1000, stream.length]) {
      const seen: string[] = [];
      const reader = new FrameReader((type, body) => seen.push(`${type}${body.length}`));
      for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
      expect(seen).toEqual(['O5', 'R0', 'e1000']);
    }
  });

  it('an outcome of another length is refused', () => {
    expect(() => parseOutcome(Buffer.alloc(47))).toThrow(RangeError);
  });
});
