/**
 * The plan that a process is carrying out, so that the watch over a history knows why a request is made. The applier
 * makes the writes of a plan in order; some of them it leaves out, and one that met a conflict it may try once more.
 */
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { Plan, Write } from '../../../src/kube/plan.ts';
import type { Resource } from '../../../src/kube/resources.ts';

export class PlanInHand {
  readonly world: RolloutWorld;
  readonly plan: Plan;
  #next = 0;

  constructor(world: RolloutWorld, plan: Plan) {
    this.world = world;
    this.plan = plan;
  }

  /** The write that a request belongs to. An apply of a new object begins with its creation. */
  writeOf(op: Write['op'], { plural }: Resource, name: string): Write {
    const { writes } = this.plan;
    const isMeant = (write: Write) =>
      (write.op === op || (write.op === 'apply' && op === 'create')) &&
      write.resource.plural === plural &&
      write.name === name;
    const index = writes.findIndex((write, i) => i >= this.#next && isMeant(write));
    const write = writes[index];
    if (write === undefined) throw new Error(`No plan says ${op} ${plural} ${name}`);
    this.#next = index;
    return write;
  }

  /** The write is over, whatever its outcome; other writes follow. */
  advance(): void {
    this.#next += 1;
  }
}
