/** What is counted: the life of one Rollout in parts, each until nothing is left to do. */
import { CallCounter } from './calls.ts';
import type { Counts } from './counts.ts';
import type { Stage } from './stage.ts';

/** Longer than a person takes to look, and than the controller puts off anything that it has to say. */
const PERSON_MS = 30_000;
/** Longer than the delay after which a former revision is scaled down. */
const AFTERWARDS_MS = 120_000;
const REST_MS = 30 * 60_000;

const PARTS: readonly (readonly [string, (stage: Stage) => Promise<void>])[] = [
  ['creation', create],
  ['release', release],
  ['rest', (stage) => stage.pass(REST_MS)],
  ['abort and retry', abortAndRetry],
  ['rest at a pause', (stage) => stage.pass(REST_MS)],
];

/** Requests, looks and calls of each part. The stage has not been used yet. */
export async function countedLife(stage: Stage): Promise<Counts> {
  using calls = new CallCounter();
  await stage.start();
  const counts: Record<string, Readonly<Record<string, number>>> = {};
  const take = () => ({ ...stage.takeCounts(), ...calls.take() });
  take();
  for (const [part, play] of PARTS) {
    await play(stage);
    counts[part] = take();
  }
  return counts;
}

export async function create(stage: Stage): Promise<void> {
  stage.applyRollout();
  await stage.until('Healthy', ({ phase }) => phase === 'Healthy');
  await stage.pass(AFTERWARDS_MS);
}

/** From a new image until the former revision has no pods any more; a person promotes twice. */
export async function release(stage: Stage): Promise<void> {
  stage.user.setImage('');
  await untilPausedAt(stage, 1);
  await promote(stage);
  await untilPausedAt(stage, 3);
  await promote(stage);
  await stage.until('Healthy', ({ phase }) => phase === 'Healthy');
  await stage.pass(AFTERWARDS_MS);
}

async function abortAndRetry(stage: Stage): Promise<void> {
  stage.user.setImage('');
  await untilPausedAt(stage, 1);
  await stage.pass(PERSON_MS);
  stage.user.abort();
  await stage.until('Degraded', ({ phase }) => phase === 'Degraded');
  await stage.pass(AFTERWARDS_MS);
  stage.user.retry();
  await untilPausedAt(stage, 1);
  await stage.pass(AFTERWARDS_MS);
}

function untilPausedAt(stage: Stage, index: number): Promise<void> {
  return stage.until(
    `a pause at step ${index}`,
    ({ phase, currentStepIndex }) => phase === 'Paused' && currentStepIndex === index,
  );
}

async function promote(stage: Stage): Promise<void> {
  await stage.pass(PERSON_MS);
  stage.user.readForPromote()();
}
