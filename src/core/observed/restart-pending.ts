/** Whether pods are still to be replaced because the spec asks for a restart. */
import { parseTime } from '../../kube/time.ts';
import type { Memory } from './memory.ts';
import type { Situation } from './situation.ts';

/** Whether the restart that the spec asks for is still to be carried out. Controllers write the same instant in different zones. */
export function isRestarting(situation: Situation, memory: Memory): boolean {
  const { restartAt } = situation.rollout.spec;
  return restartAt !== undefined && parseTime(restartAt) !== parseTime(memory.restartedAt ?? undefined);
}
