/** Makes the lines of a recording: what is seen of one Rollout at each look, and what the core decides of it. */
import type { RolloutWorld } from '../core/observed/world.ts';
import { decideRollout } from '../core/rollout/decide.ts';
import { templateDoubt } from '../core/rollout/template-doubt.ts';
import type { Surroundings } from '../core/view/surroundings.ts';
import { deepEqual } from '../kube/merge-patch.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Plan } from '../kube/plan.ts';
import { keyedDigest, type Digest } from './digest.ts';
import type { RecordedLook, RecordedPlan } from './format.ts';
import { hashesOf } from './known-hashes.ts';
import { planJson } from './plan-json.ts';
import { asControllersSee, ReadWorlds } from './read-world.ts';
import { Redactor } from './redactor.ts';
import { WrittenWorlds } from './written-world.ts';

export interface TakenLook {
  /** `null` when neither the world nor the decision differs from those of the line before. */
  readonly line: RecordedLook | null;
  /** Of the world as it is. */
  readonly plan: Plan;
}

export class Recorder {
  readonly #redactor: Redactor;
  readonly #written: WrittenWorlds;
  /** Reads every line as a replay will. */
  readonly #reader = new ReadWorlds();
  #before: Pick<RecordedLook, 'world' | 'plan'> | null = null;
  #looks = 0;

  constructor(digest: Digest = keyedDigest()) {
    this.#redactor = new Redactor(digest);
    this.#written = new WrittenWorlds(this.#redactor);
  }

  /** `observed` has of every Ingress all its writers. */
  take(observed: RolloutWorld, around: Surroundings): TakenLook {
    const world = asControllersSee(observed);
    const hashes = hashesOf(world);
    this.#redactor.publish(publicWords(world, around, hashes.template ?? ''));
    const plan = decideRollout(world);
    const recordedWorld = this.#written.written(observed, around);
    // Behind the world: messages in it quote values that stand there.
    const recordedPlan = this.#redactor.redacted(planJson(plan));
    const isNews =
      this.#before === null ||
      !deepEqual(this.#before.world, recordedWorld) ||
      !deepEqual(this.#before.plan.writes, recordedPlan.writes);
    if (!isNews) return { line: null, plan };
    this.#before = { world: recordedWorld, plan: recordedPlan };
    this.#looks += 1;
    const look: RecordedLook = {
      look: this.#looks,
      at: world.now,
      ...this.#written.takeNews(),
      world: recordedWorld,
      hashes,
      plan: recordedPlan,
    };
    const line = {
      ...look,
      ...(this.#isAltered(look) ? { altered: true } : {}),
      ...(templateDoubt(world, plan) === null ? {} : { inDoubt: true }),
    };
    return { line, plan };
  }

  #isAltered(look: RecordedLook): boolean {
    const { world } = this.#reader.next(look);
    return !isSamePlan(planJson(decideRollout(asControllersSee(world))), look.plan);
  }
}

/** Whatever the order of their keys. */
export function isSamePlan(one: RecordedPlan, other: RecordedPlan): boolean {
  return deepEqual(one, other);
}

/** What decisions compare arguments of analyses with: names, labels and hashes. */
function publicWords(world: RolloutWorld, around: Surroundings, hash: string): ReadonlySet<string> {
  const { rollout, replicaSets } = world;
  const words = new Set<string>([hash]);
  const objects: readonly KubeObject[] = [rollout, ...replicaSets, ...around.replicaSets, ...world.services.values()];
  for (const { metadata } of objects) {
    for (const word of [metadata.name, metadata.namespace ?? '', metadata.uid]) words.add(word);
    for (const label of Object.values(metadata.labels ?? {})) words.add(label);
  }
  return words;
}
