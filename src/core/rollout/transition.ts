/**
 * A change of memory together with what people are told about it. Stages of a decision pass it on,
 * each adding its own.
 */
import type { EventNote } from '../../kube/plan.ts';
import type { Memory } from './memory.ts';

export interface Transition {
  readonly memory: Memory;
  readonly events: readonly EventNote[];
}
