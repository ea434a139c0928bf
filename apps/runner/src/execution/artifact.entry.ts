import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BoxFile, StageFacts } from '../sandbox/sandbox';

/** What a compile that succeeded leaves: its artifacts, and what the compiler said (warnings). */
export interface Compiled {
  output: Buffer;
  outputTruncated: boolean;
  artifacts: BoxFile[];
}

/*
 * One file per entry, so that it comes and goes as one: a mark, the SHA-256 of all that follows, the length of a JSON
 * header, the header, and the contents that it lists, end to end.
 */
const MARK = Buffer.from('runbin artifacts 1\n');
const HASH_BYTES = 32;
const LENGTH_AT = MARK.length + HASH_BYTES;
const HEADER_AT = LENGTH_AT + 4;

const SizeSchema = z.int().nonnegative();
const HeaderSchema = z.object({
  /** A file that was given another's name is no entry. */
  key: z.string(),
  output: SizeSchema,
  outputTruncated: z.boolean(),
  artifacts: z.array(z.object({ name: z.string(), size: SizeSchema, mode: z.int().optional() })),
});

/** Whether somebody else may be given what this compile made; one that met a limit says nothing about the program. */
export function compiledOf(facts: StageFacts): Compiled | undefined {
  const { exitCode, signal, execErrno, wallExceeded, cpuExceeded, memoryExceeded } = facts;
  if (exitCode !== 0 || signal !== null || execErrno !== 0) return undefined;
  if (wallExceeded || cpuExceeded || memoryExceeded) return undefined;
  if (facts.filesDidNotFit || facts.artifactsTooLarge) return undefined;
  return { output: facts.stdout, outputTruncated: facts.stdoutTruncated, artifacts: facts.artifacts };
}

/** The facts of a compile that did not have to happen: what it made, at no cost. */
export function factsOf({ output, outputTruncated, artifacts }: Compiled): StageFacts {
  return {
    exitCode: 0,
    signal: null,
    stdout: output,
    stderr: Buffer.alloc(0),
    stdoutTruncated: outputTruncated,
    stderrTruncated: false,
    wallExceeded: false,
    cpuExceeded: false,
    memoryExceeded: false,
    filesDidNotFit: false,
    artifactsTooLarge: false,
    execErrno: 0,
    cpuTimeMs: 0,
    wallTimeMs: 0,
    memoryPeakBytes: 0,
    times: null,
    artifacts,
  };
}

/** Bytes of the contents alone: the entry is hardly more. */
export const sizeOf = ({ output, artifacts }: Compiled): number =>
  artifacts.reduce((sum, { content }) => sum + content.length, output.length);

export function encodeEntry(key: string, { output, outputTruncated, artifacts }: Compiled): Buffer {
  const header: z.infer<typeof HeaderSchema> = {
    key,
    output: output.length,
    outputTruncated,
    artifacts: artifacts.map(({ name, content, mode }) => ({
      name,
      size: content.length,
      ...(mode === undefined ? {} : { mode }),
    })),
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(headerBytes.length);
  const contents = artifacts.map(({ content }) => content);
  const entry = Buffer.concat([MARK, Buffer.alloc(HASH_BYTES), length, headerBytes, output, ...contents]);
  hashOf(entry).copy(entry, MARK.length);
  return entry;
}

/**
 * What the entry of this key holds, as parts of its memory.
 * @returns undefined when it is damaged, or another's
 */
export function decodeEntry(key: string, entry: Buffer): Compiled | undefined {
  if (entry.length < HEADER_AT || !entry.subarray(0, MARK.length).equals(MARK)) return undefined;
  if (!entry.subarray(MARK.length, LENGTH_AT).equals(hashOf(entry))) return undefined;
  // Whole as it was written: from here on everything is as encodeEntry made it.
  let at = HEADER_AT + entry.readUInt32LE(LENGTH_AT);
  const header = HeaderSchema.parse(JSON.parse(entry.toString('utf8', HEADER_AT, at)));
  if (header.key !== key) return undefined;
  const take = (size: number) => entry.subarray(at, (at += size));
  return {
    output: take(header.output),
    outputTruncated: header.outputTruncated,
    artifacts: header.artifacts.map(({ name, size, mode }) => ({
      name,
      content: take(size),
      ...(mode === undefined ? {} : { mode }),
    })),
  };
}

const hashOf = (entry: Buffer) => createHash('sha256').update(entry.subarray(LENGTH_AT)).digest();
