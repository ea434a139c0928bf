import type { Limits } from '@runbin/contracts/limits';
import type { TerminalSize } from '@runbin/contracts/interactive';
import type { SupervisorEnd } from './loss';
import type { BoxFile, ParkingPlace } from './sandbox';

/** Frames between runner and supervisor; twin of supervisor/protocol.h, which explains them. */
export const FrameIn = {
  setup: 'L',
  exec: 'X',
  park: 'K',
  wake: 'W',
  dir: 'D',
  file: 'F',
  collect: 'C',
  terminal: 'T',
  go: 'G',
  stdin: 'I',
  eof: 'E',
  ping: 'P',
  signal: 'S',
} as const;

export const FrameOut = {
  ready: 'R',
  parked: 'k',
  stdout: 'O',
  stderr: 'e',
  taken: 't',
  pong: 'p',
  artifact: 'A',
  exit: 'X',
  refused: 'N',
  fault: 'P',
  ended: 'Z',
} as const;

export const SetupFlag = {
  mergeStderr: 1,
  discardOverflow: 2,
  sampleMemory: 4,
  limitProcesses: 8,
  mountFiles: 16,
  shareIds: 32,
} as const;

export const OutcomeFact = {
  wallExceeded: 1,
  cpuExceeded: 2,
  stdoutTruncated: 4,
  stderrTruncated: 8,
  memoryExceeded: 16,
  filesDidNotFit: 32,
  artifactsTooLarge: 64,
} as const;

/** Bytes of stdin that a supervisor keeps for a program that does not read them yet. */
export const STDIN_WINDOW_BYTES = 256 * 1024;

const HEADER_BYTES = 5;
const OUTCOME_BYTES = 48;
const STAMP_BYTES = 8;
const DEFAULT_MODE = 0o644;
/** One inode for every 16 KiB of files, and never fewer than a small project needs. */
const BYTES_PER_INODE = 16 * 1024;
const MIN_INODES = 1024;

function header(type: string, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES);
  buffer.write(type, 0, 'latin1');
  buffer.writeUInt32LE(length, 1);
  return buffer;
}

export function frame(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([header(type, body.length), body]);
}

/** Files and directories that this many bytes may be cut into. */
export function inodesFor(files_bytes: number): number {
  return Math.max(MIN_INODES, Math.ceil(files_bytes / BYTES_PER_INODE));
}

export function setupFrame(limits: Limits, flags: number): Buffer {
  const numbers = [
    limits.cpu_time_ms,
    limits.wall_time_ms,
    limits.output_bytes,
    limits.memory_bytes,
    limits.processes,
    limits.files_bytes,
    inodesFor(limits.files_bytes),
    flags,
  ];
  const body = Buffer.alloc(numbers.length * 8);
  numbers.forEach((number, index) => body.writeBigUInt64LE(BigInt(number), index * 8));
  return frame(FrameIn.setup, body);
}

export function execFrame(argv: string[], env: Record<string, string>): Buffer {
  const strings = [...argv, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  const counts = Buffer.alloc(4);
  counts.writeUInt16LE(argv.length, 0);
  counts.writeUInt16LE(strings.length - argv.length, 2);
  return frame(
    FrameIn.exec,
    Buffer.concat([counts, Buffer.from(strings.map((text) => `${text}\0`).join(''))]),
  );
}

export function parkFrame({ file, primer = '' }: ParkingPlace): Buffer {
  return frame(FrameIn.park, Buffer.from(`${file}\0${primer}`));
}

/** In two pieces, so that a large file is not copied to be framed. */
export function fileFrame({ name, content, mode = DEFAULT_MODE }: BoxFile): [Buffer, Buffer] {
  const nameBytes = Buffer.from(name);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(mode, 0);
  head.writeUInt16LE(nameBytes.length, 2);
  const length = head.length + nameBytes.length + content.length;
  return [Buffer.concat([header(FrameIn.file, length), head, nameBytes]), content];
}

export function terminalFrame({ columns, rows }: TerminalSize): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt16LE(columns, 0);
  body.writeUInt16LE(rows, 2);
  return frame(FrameIn.terminal, body);
}

export function signalFrame(signal: number): Buffer {
  return frame(FrameIn.signal, Buffer.from([signal]));
}

/** The body of a frame of output: when it was read from the program, in milliseconds since GO, and what. */
export function parseOutput(body: Buffer): { atMs: number; bytes: Buffer } {
  return { atMs: Number(body.readBigUInt64LE(0)) / 1000, bytes: body.subarray(STAMP_BYTES) };
}

export function parseArtifact(body: Buffer): BoxFile {
  const nameEnd = 4 + body.readUInt16LE(2);
  return {
    mode: body.readUInt16LE(0),
    name: body.toString('utf8', 4, nameEnd),
    content: body.subarray(nameEnd),
  };
}

/** A wait status, as the kernel packs it. */
export function parseEnd(body: Buffer): SupervisorEnd {
  const status = body.readUInt32LE(0);
  const signal = status & 0x7f;
  return signal === 0 ? { exitCode: (status >> 8) & 0xff, signal: null } : { exitCode: null, signal };
}

export interface SupervisorOutcome {
  exitCode: number;
  signal: number;
  wallMicros: number;
  cpuMicros: number;
  memoryPeakBytes: number;
  facts: number;
  execErrno: number;
  /** From GO to this report; 0: nothing was started. */
  reportedMicros: number;
}

export function parseOutcome(body: Buffer): SupervisorOutcome {
  if (body.length !== OUTCOME_BYTES) throw new RangeError(`an outcome of ${body.length} bytes`);
  return {
    exitCode: body.readInt32LE(0),
    signal: body.readInt32LE(4),
    wallMicros: Number(body.readBigUInt64LE(8)),
    cpuMicros: Number(body.readBigUInt64LE(16)),
    memoryPeakBytes: Number(body.readBigUInt64LE(24)),
    facts: body.readUInt32LE(32),
    execErrno: body.readInt32LE(36),
    reportedMicros: Number(body.readBigUInt64LE(40)),
  };
}

/** Cuts a byte stream into frames. Whole frames only; a piece of one waits for the rest. */
export class FrameReader {
  private pieces: Buffer[] = [];
  private held = 0;

  constructor(private readonly onFrame: (type: string, body: Buffer) => void) {}

  push(piece: Buffer): void {
    this.pieces.push(piece);
    this.held += piece.length;
    for (;;) {
      if (this.held < HEADER_BYTES) return;
      const start = this.join(HEADER_BYTES);
      const length = start.readUInt32LE(1);
      if (this.held < HEADER_BYTES + length) return;
      const whole = this.join(HEADER_BYTES + length);
      this.pieces = whole.length > HEADER_BYTES + length ? [whole.subarray(HEADER_BYTES + length)] : [];
      this.held -= HEADER_BYTES + length;
      this.onFrame(whole.toString('latin1', 0, 1), whole.subarray(HEADER_BYTES, HEADER_BYTES + length));
    }
  }

  /** The pieces as one buffer, joined only when the first does not hold `bytes`. */
  private join(bytes: number): Buffer {
    const [first] = this.pieces;
    if (first && first.length >= bytes) return first;
    const whole = Buffer.concat(this.pieces);
    this.pieces = [whole];
    return whole;
  }
}
