/**
 * A change of memory together with the events that report it. Each stage of a decision adds its own.
 */
import type { EventNote } from '../../kube/plan.ts';
import type { Memory } from '../observed/memory.ts';

export interface Transition<Remembered extends Memory> {
  readonly memory: Remembered;
  readonly events: readonly EventNote[];
}
