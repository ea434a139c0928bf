const BYTES_PER_LINE = 16;

/** Bytes of which a dump is shown. */
export const MAX_DUMPED_BYTES = 8 * 1024;

/** `00000010  7f 45 4c 46 …  |.ELF|`, as `hexdump -C` writes it, of the first bytes. */
export function hexDump(bytes: Buffer): string {
  const lines: string[] = [];
  const end = Math.min(bytes.length, MAX_DUMPED_BYTES);
  for (let at = 0; at < end; at += BYTES_PER_LINE) {
    const line = [...bytes.subarray(at, Math.min(at + BYTES_PER_LINE, end))];
    const digits = line.map((byte) => byte.toString(16).padStart(2, '0'));
    const halves = [digits.slice(0, 8).join(' '), digits.slice(8).join(' ')];
    const letters = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    lines.push(
      `${at.toString(16).padStart(8, '0')}  ${halves.join('  ').padEnd(49)} |${letters.join('')}|\n`,
    );
  }
  return lines.join('');
}
