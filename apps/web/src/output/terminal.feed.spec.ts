import { OutputStore } from './output.store';
import { TerminalFeed } from './terminal.feed';

class Screen {
  text = '';
  readonly done: (() => void)[] = [];

  write(bytes: Uint8Array, done: () => void): void {
    this.text += Buffer.from(bytes).toString('latin1');
    this.done.push(done);
  }

  reset(): void {
    this.text = '';
  }

  /** The terminal has drawn so many writes. */
  draw(count = this.done.length): void {
    for (const done of this.done.splice(0, count)) done();
  }
}

function feeding() {
  const output = new OutputStore();
  const screen = new Screen();
  const feed = new TerminalFeed(output, screen);
  const print = (data: string, encoding: 'utf-8' | 'base64' = 'utf-8') =>
    output.append({ stream: 'stdout', data, encoding, at_ms: 0 });
  return { output, screen, feed, print };
}

it('writes what is there and what comes, byte for byte', () => {
  const { output, print } = feeding();
  print('a\u001b[1m');
  print('/wo=', 'base64');
  const screen = new Screen();
  new TerminalFeed(output, screen);
  print('b');
  expect(screen.text).toBe('a\u001b[1m\u00ff\nb');
});

it('waits for the terminal, and loses nothing', () => {
  const { screen, feed, print } = feeding();
  for (let i = 0; i < 100; i++) print('x'.repeat(32 * 1024));
  expect(screen.text.length).toBeLessThanOrEqual(300 * 1024);
  expect(feed.isDrained).toBe(false);
  while (screen.done.length > 0) screen.draw(1);
  expect(screen.text.length).toBe(100 * 32 * 1024);
  expect(feed.isDrained).toBe(true);
});

it('starts over with the output', () => {
  const { output, screen, feed, print } = feeding();
  print('first');
  output.clear();
  expect(screen.text).toBe('');
  print('second');
  screen.draw();
  expect([screen.text, feed.isDrained]).toEqual(['second', true]);
});

it('writes nothing more when it is done', () => {
  const { screen, feed, print } = feeding();
  feed.dispose();
  print('late');
  expect(screen.text).toBe('');
});
