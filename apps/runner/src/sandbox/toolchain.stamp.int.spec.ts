import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolchainStamp } from './toolchain.stamp';

it('changes with what is installed, and only then', () => {
  const directory = mkdtempSync(join(tmpdir(), 'runbin-stamp-test-'));
  try {
    const signs = [join(directory, 'status'), directory];
    const stamps = [toolchainStamp(signs)];
    writeFileSync(join(directory, 'status'), 'gcc 12.2.0');
    stamps.push(toolchainStamp(signs));
    expect(toolchainStamp(signs)).toBe(stamps[1]);
    // As dpkg does it: the new one is written beside, and takes its place.
    writeFileSync(join(directory, 'status-new'), 'gcc 12.2.1');
    renameSync(join(directory, 'status-new'), join(directory, 'status'));
    stamps.push(toolchainStamp(signs));
    expect(new Set(stamps).size).toBe(3);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('is something on this machine', () => {
  expect(toolchainStamp()).toMatch(/\d/);
});
