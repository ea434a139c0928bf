import type { OutputPiece } from '../output/output.store';
import { Replay } from '../output/replay';
import { durationText } from '../output/units';
import { FollowProgress } from '../run/follow.progress';
import { followRun } from '../run/followed.run';
import { element, openStage } from './stage';

/** Times as fast as it was. */
const SPEEDS = [1, 2, 4, 0.5];

/** Plays the output again in its own time, from the events that whoever watched the run was told. */
export async function replay(code: string, button: HTMLButtonElement): Promise<void> {
  const leaving = new AbortController();
  const stage = openStage('Replay', () => leaving.abort());
  button.disabled = true;
  stage.say('Loading …');
  const recorded = await record(code, leaving.signal);
  button.disabled = false;
  if (leaving.signal.aborted) return;
  if (typeof recorded === 'string') return stage.say(recorded);
  stage.say('');
  const player = new Replay(
    recorded.pieces,
    {
      clear: () => stage.output.clear(),
      show: (piece) => stage.output.append(piece),
      changed: () => update(),
    },
    recorded.durationMs,
  );
  leaving.signal.addEventListener('abort', () => player.dispose());
  const update = controls(stage.controls, player);
  player.play();
}

interface Recorded {
  readonly pieces: readonly OutputPiece[];
  readonly durationMs: number;
}

/** Everything that was told of the run, or why it can not be had. */
async function record(code: string, signal: AbortSignal): Promise<Recorded | string> {
  let pieces: OutputPiece[] = [];
  let ended: Recorded | string = 'The run can not be told again.';
  const progress = new FollowProgress({
    append: (piece) => void pieces.push(piece),
    clear: () => (pieces = []),
    end: () => undefined,
  });
  await followRun(
    { code },
    progress,
    {
      status: () => undefined,
      waiting: () => undefined,
      failed: (trouble) => (ended = trouble),
      finished: ({ usage }) => (ended = { pieces, durationMs: usage?.wall_time_ms ?? 0 }),
    },
    signal,
  );
  return ended;
}

/** @returns what is to be called when the player has changed */
function controls(place: HTMLElement, player: Replay<OutputPiece>): () => void {
  const toggle = element('button', { type: 'button', class: 'quiet' });
  const moment = element('input', {
    ...{ type: 'range', min: '0', max: String(Math.max(1, Math.ceil(player.durationMs))), step: '1' },
    'aria-label': 'Moment of the run',
  });
  const time = element('span', { class: 'time' });
  const speed = element('button', { type: 'button', class: 'quiet', title: 'How fast it is played' });
  toggle.addEventListener('click', () => (player.isPlaying ? player.pause() : player.play()));
  moment.addEventListener('input', () => player.seek(Number(moment.value)));
  speed.addEventListener('click', () => {
    player.speed = SPEEDS[(SPEEDS.indexOf(player.speed) + 1) % SPEEDS.length] ?? 1;
  });
  place.append(toggle, moment, time, speed);
  place.hidden = false;
  const update = () => {
    toggle.textContent = player.isPlaying ? 'Pause' : player.hasEnded ? 'Again' : 'Play';
    moment.value = String(player.positionMs);
    time.textContent = `${durationText(player.positionMs)} of ${durationText(player.durationMs)}`;
    moment.setAttribute('aria-valuetext', time.textContent);
    speed.textContent = `${player.speed}×`;
  };
  update();
  return update;
}
