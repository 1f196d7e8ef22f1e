/** Records one Rollout while it runs: takes a look at every state that its objects have been in. */
import type { Rollout } from '../api/schema/rollout.ts';
import { lookupIn, type Lookup } from '../core/observed/lookup.ts';
import type { ReferencedWorkload } from '../core/observed/world.ts';
import { gather } from '../core/rollout/gather.ts';
import { surroundingsOf } from '../core/view/surroundings.ts';
import { viewRollout, type RolloutView } from '../core/view/view.ts';
import { keyOf, objectKey } from '../kube/object-key.ts';
import type { KubeObject } from '../kube/objects.ts';
import { ROLLOUTS, type Resource } from '../kube/resources.ts';
import { missingText, workloadOf } from '../kube/workload.ts';
import type { RecordedLook } from '../recording/format.ts';
import { Recorder } from '../recording/recorder.ts';
import { OrderedChanges, type ArrivedChange } from './ordered-changes.ts';
import { workloadKindOf } from './recorded-objects.ts';
import { LONGEST_MS, WritesUnderWay } from './writes-under-way.ts';

/** A decision that asks for the next look at once would be made again and again where no controller carries it out. */
const SHORTEST_WAKE_MS = 1000;

export interface SeenLook {
  /** `null` when it is as the one before. */
  readonly line: RecordedLook | null;
  readonly view: RolloutView;
}

interface RecordOptions {
  readonly namespace: string;
  readonly name: string;
  /** Of what is watched. */
  readonly resources: readonly Resource[];
  /** By plural: why objects that are not seen may be there all the same. */
  readonly unreadable: ReadonlyMap<string, string>;
}

export class RolloutRecord {
  readonly #options: RecordOptions;
  readonly #recorder = new Recorder();
  readonly #changes = new OrderedChanges();
  readonly #underWay = new WritesUnderWay();
  /** By plural, then by namespace and name: as the API server had them at the last look. */
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  /** Time never runs backwards in a recording. */
  #now = 0;
  #wakeAt: number | null = null;

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  /** What there is before the first look. */
  begin(resource: Resource, objects: Iterable<KubeObject>): void {
    for (const object of objects) this.#put(resource, object);
  }

  note(change: ArrivedChange): void {
    this.#changes.add(change);
  }

  /** The looks that are due, oldest first; `null` for the one that finds no Rollout any more. With `isLast` nothing is waited for. */
  *lookAt(now: number, isLast = false): Iterable<SeenLook | null> {
    if (this.#now === 0) yield this.#take(now);
    for (const change of this.#changes.take(now, isLast)) {
      yield* this.#wokenBefore(change.arrivedAt);
      this.#apply(change);
      this.#underWay.note(change);
      if (!this.#underWay.areThere) yield this.#take(change.arrivedAt);
    }
    // A change that has arrived since then comes first.
    if (this.#changes.readyAt === null) yield* this.#wokenBefore(now);
    if (isLast && this.#underWay.areThere) yield this.#take(now);
  }

  *#wokenBefore(now: number): Iterable<SeenLook | null> {
    if (this.#wakeAt !== null && this.#wakeAt <= now) yield this.#take(this.#wakeAt);
  }

  #take(now: number): SeenLook | null {
    this.#now = Math.max(this.#now, now);
    this.#wakeAt = null;
    const { namespace, name } = this.#options;
    const lookup: Lookup = {
      ...lookupIn(({ plural }) => [...(this.#objects.get(plural)?.values() ?? [])]),
      unreadable: ({ plural }) => {
        const why = this.#options.unreadable.get(plural);
        return why === undefined ? null : { why, isForGood: true };
      },
    };
    const rollout = lookup.get<Rollout>(ROLLOUTS, namespace, name);
    if (rollout === undefined) return null;
    const gathered = gather(lookup, rollout, { now: this.#now, propagationMs: null });
    const world = { ...gathered, workload: this.#workloadOf(rollout) };
    const around = surroundingsOf(lookup, rollout);
    const { line, plan } = this.#recorder.take(world, around);
    const { writes, requeueAfterMs } = plan;
    if (requeueAfterMs !== undefined) this.#wakeAt = this.#now + Math.max(SHORTEST_WAKE_MS, requeueAfterMs);
    // A decision that is as the one before is not waited for again.
    this.#underWay.expect(line === null ? [] : writes);
    // Until then the core's own time does not count: the writes end the wait.
    if (this.#underWay.areThere) this.#wakeAt = this.#now + LONGEST_MS;
    return { line, view: viewRollout({ ...world, around }) };
  }

  #workloadOf(rollout: Rollout): ReferencedWorkload | null {
    const resource = workloadKindOf(rollout);
    const name = rollout.spec.workloadRef?.name ?? '';
    if (resource === null || name === '') return null;
    if (!this.#options.resources.some(({ plural }) => plural === resource.plural))
      throw new Error(
        `the rollout refers to a ${resource.kind} now, and these were not watched: start another recording`,
      );
    const { namespace } = this.#options;
    const object = this.#objects.get(resource.plural)?.get(objectKey(namespace, name));
    return object === undefined ? { missing: missingText(resource, name) } : workloadOf(object);
  }

  #apply({ resource, event: { type, object } }: ArrivedChange): void {
    if (type === 'deleted') this.#objects.get(resource.plural)?.delete(keyOf(object));
    else this.#put(resource, object);
  }

  #put({ plural }: Resource, object: KubeObject): void {
    const known = this.#objects.get(plural) ?? new Map<string, KubeObject>();
    this.#objects.set(plural, known.set(keyOf(object), object));
  }
}
