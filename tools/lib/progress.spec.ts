import { printLine, step } from './progress.mjs';

async function printedBy(action: () => Promise<unknown>): Promise<string> {
  let printed = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  try {
    await action();
  } finally {
    write.mockRestore();
  }
  return printed.replaceAll(/\d+\.\d s/g, '<time>');
}

it('a step that nothing comes between is one line', async () => {
  expect(await printedBy(() => step('building', () => Promise.resolve()))).toBe('building … <time>\n');
});

it('a line that comes while a step goes on is a line of its own', async () => {
  const talk = () => {
    printLine('[url] one');
    printLine('[url] two');
    return Promise.resolve();
  };
  const printed = await printedBy(() => step('starting', talk).then(() => printLine('[url] three')));
  expect(printed).toBe('starting … \n[url] one\n[url] two\nstarting … <time>\n[url] three\n');
});

it('a step that fails says so, wherever the cursor was', async () => {
  const fail = () => {
    printLine('[url] no');
    return Promise.reject(new Error('no'));
  };
  expect(await printedBy(() => step('starting', fail).catch(() => undefined))).toBe(
    'starting … \n[url] no\nstarting … failed\n',
  );
});
