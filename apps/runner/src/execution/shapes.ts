import { resolveLimits } from '@runbin/contracts/limits';
import type { Language, Park } from '@runbin/languages/language';
import type { Stage } from '../sandbox/sandbox';
import type { Shape } from '../sandbox/sandbox.pool';
import { compileStage, type Program, profileOf, runStage } from './stages';

/** What is worth preparing for a language: the stages of the submission that says nothing special, and empty sandboxes. */
export function shapesOf(language: Language): Shape[] {
  const profile = profileOf(language);
  const usual: Program = {
    files: [{ name: language.source_name, content: Buffer.alloc(0) }],
    stdin: Buffer.alloc(0),
    args: [],
    compilerArgs: [],
    limits: resolveLimits({}, language.limits),
  };
  const shape = ({ argv, env, mergeStderr, limits }: Stage, park: Park | undefined): Shape => ({
    profile,
    launch: mergeStderr === undefined ? { argv, env } : { argv, env, mergeStderr },
    place:
      park && (park.primer === undefined ? { file: park.file } : { file: park.file, primer: park.primer }),
    limits,
  });
  const shapes = [shape(runStage(language, usual, []), language.run.park)];
  if (language.compile) {
    shapes.push(shape(compileStage(language, language.compile.command, usual), language.compile.park));
  }
  return shapes;
}
