/**
 * The writes of a decision while the controller makes them. It looks at nothing in between, and neither does a recorder:
 * from half of a plan something else may follow.
 */
import { fieldChanges } from '../kube/field-changes.ts';
import type { Write } from '../kube/plan.ts';
import { ROLLOUTS } from '../kube/resources.ts';
import type { ArrivedChange } from './ordered-changes.ts';

/** Then the controller is not there, has decided otherwise, or was refused. */
export const LONGEST_MS = 5000;

export class WritesUnderWay {
  #writes: Write[] = [];

  get areThere(): boolean {
    return this.#writes.length > 0;
  }

  /** In the place of all others. */
  expect(writes: readonly Write[]): void {
    // A gate changes nothing.
    this.#writes = writes.filter(({ op }) => op !== 'require');
  }

  /** A change may be one of them. Without the Rollout none of them comes any more. */
  note(change: ArrivedChange): void {
    if (change.event.type === 'deleted' && change.resource.plural === ROLLOUTS.plural) this.#writes = [];
    const made = this.#writes.findIndex((write) => isMadeBy(write, change));
    if (made !== -1) this.#writes.splice(made, 1);
  }
}

/** Whether the change is about the same part of the same object. Who has made it is not asked. */
function isMadeBy(write: Write, { resource, event: { type, object, previous } }: ArrivedChange): boolean {
  if (write.resource.plural !== resource.plural || write.name !== object.metadata.name) return false;
  switch (write.op) {
    case 'create':
      return type === 'added';
    case 'delete':
    case 'evict':
      return type === 'deleted' || object.metadata.deletionTimestamp !== undefined;
    case 'apply':
      return type !== 'deleted';
    case 'patch': {
      if (previous === undefined) return false;
      const ofStatus = fieldChanges(previous, object).map(({ field }) => field.startsWith('status.'));
      return ofStatus.includes(write.subresource === 'status');
    }
    case 'require':
      return false;
  }
}
