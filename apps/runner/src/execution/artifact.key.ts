import { createHash } from 'node:crypto';
import type { SandboxProfile, Stage } from '../sandbox/sandbox';

/** What compiles: the part of a compile that the submission does not bring. */
export interface Compiler {
  /** Name of the engine: the toolchains of two engines are not the same files. */
  engine: string;
  /** What the engine says of the toolchain as it is now. */
  toolchain: string;
}

/** Raised when the meaning of what is hashed changes: no older artifact is found any more. */
const KEY_VERSION = 1;

/**
 * The name of what a compile makes: one hash over everything that the compiler can see. Whatever is left out here
 * could be used to leave a wrong program for somebody else, so the stage goes in as a whole, as the sandbox gets it.
 * @returns 64 hexadecimal digits
 */
export function artifactKey(compiler: Compiler, profile: SandboxProfile, stage: Stage): string {
  const { files, stdin, env, ...rest } = stage;
  const parts = {
    v: KEY_VERSION,
    compiler: sorted(compiler),
    profile: [profile.language, profile.mounts],
    env: sorted(env),
    stage: sorted({ ...rest, limits: sorted(rest.limits) }),
    stdin: hashOf(stdin),
    files: files.map(({ name, content, mode }) => [name, mode ?? null, hashOf(content)]),
  };
  return hashOf(JSON.stringify(parts));
}

/** As pairs, in an order that does not depend on how the object was made. */
const sorted = (object: object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));

const hashOf = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
