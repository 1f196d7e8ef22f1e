/**
 * Starts a controller over a full cluster. A Rollout is changed while it starts: how long until the first decision about
 * it is seen, which needs all caches. Milliseconds from the start of the process.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../testbed/cluster/api-client.ts';
import { setImage } from '../fleet.ts';
import { note } from '../note.ts';
import { cpuSecondsOf, memoryOf } from '../process-usage.ts';
import type { Watcher } from '../watcher.ts';
import type { Contender } from './contender.ts';
import { settled } from './settled.ts';
import { since } from './times.ts';

export interface RestartFigures {
  /** Until the status says that the new generation was observed. */
  readonly firstDecision: number;
  readonly toWeight: number;
  /** Of the process, from its start until it is at rest. */
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  readonly peakRssMiB: number;
}

const REST_MS = 5_000;

export async function measureRestart(
  client: ApiClient,
  watcher: Watcher,
  contender: Contender,
  rollout: string,
): Promise<RestartFigures> {
  note(`${contender.name}: restart`);
  await contender.kill('SIGKILL');
  const before = watcher.rollouts.get(rollout)?.metadata.generation ?? 0;
  const decided = () => {
    const seen = watcher.rollouts.get(rollout);
    return Number(seen?.status?.observedGeneration) > before;
  };
  const decision = watcher.until(`a decision about ${rollout}`, decided, rollout);
  const weight = watcher.weightIs(rollout, 20);
  const at = performance.now();
  const [, , decidedAt, weightedAt] = await Promise.all([
    contender.start(),
    setImage(client, rollout, 'web:restarted'),
    decision,
    weight,
  ]);
  await settled(contender);
  await delay(REST_MS);
  return {
    firstDecision: since(at, decidedAt),
    toWeight: since(at, weightedAt),
    cpuSeconds: cpuSecondsOf(contender.pid),
    ...memoryOf(contender.pid),
  };
}
