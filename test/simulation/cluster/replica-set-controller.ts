/**
 * The ReplicaSet controller: makes and deletes pods one by one until there are as many as the spec
 * says, and reports the counts a moment later.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { ReplicaSet } from '../../../src/kube/objects.ts';
import { controllerOf, controllerReference } from '../../../src/kube/owners.ts';
import { PODS, REPLICA_SETS } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';
import { drawDelay, type Pace } from './delays.ts';
import { imageOf, isAvailable, isLeaving, type Pod } from './pod.ts';
import type { Change, Store } from './store.ts';

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly actPace: Pace;
  readonly statusPace: Pace;
}

export class ReplicaSetController {
  readonly #options: Options;
  readonly #acting = new Set<string>();
  readonly #reporting = new Set<string>();
  #podsMade = 0;

  constructor(options: Options) {
    this.#options = options;
    options.store.onChange((change) => this.#onChange(change));
  }

  #onChange({ plural, name, before, after }: Change): void {
    if (plural === REPLICA_SETS.plural && after === undefined && before !== undefined) {
      for (const pod of podsOf(this.#options.store, before.metadata.uid)) this.#tellToLeave(pod);
    }
    const owner = plural === REPLICA_SETS.plural ? name : controllerOf((after ?? before) as Pod)?.name;
    if ((plural !== REPLICA_SETS.plural && plural !== PODS.plural) || owner === undefined) return;
    this.#act(owner);
    this.#report(owner);
  }

  #act(name: string): void {
    if (this.#acting.has(name)) return;
    this.#acting.add(name);
    const { agenda, random, actPace } = this.#options;
    agenda.after(drawDelay(random, actPace), () => {
      this.#acting.delete(name);
      this.#step(name);
    });
  }

  #step(name: string): void {
    const { store } = this.#options;
    const replicaSet = store.get<ReplicaSet>(REPLICA_SETS.plural, name);
    if (replicaSet === undefined) return;
    const pods = podsOf(store, replicaSet.metadata.uid).filter((pod) => !isLeaving(pod));
    const missing = (replicaSet.spec.replicas ?? 1) - pods.length;
    if (missing > 0) this.#makePod(replicaSet);
    if (missing < 0) this.#deleteOne(pods);
    if (Math.abs(missing) > 1) this.#act(name);
  }

  #makePod(replicaSet: ReplicaSet): void {
    const { name, uid } = replicaSet.metadata;
    const { template } = replicaSet.spec;
    this.#podsMade += 1;
    const body = {
      metadata: { ...template.metadata, ownerReferences: [controllerReference(REPLICA_SETS, name, uid)] },
      spec: { image: imageOf(replicaSet) },
      status: { ready: false, readySince: 0 },
    };
    const { store } = this.#options;
    store.create(PODS.plural, `${name}-${this.#podsMade}`, body as unknown as JsonObject, 'kubernetes');
  }

  /** Pods that are not ready are removed first, as in Kubernetes. */
  #deleteOne(pods: readonly Pod[]): void {
    const unready = pods.filter((pod) => !pod.status.ready);
    this.#tellToLeave(this.#options.random.pick(unready.length > 0 ? unready : pods));
  }

  #tellToLeave(pod: Pod): void {
    if (isLeaving(pod)) return;
    const { store, agenda } = this.#options;
    const patch = { metadata: { deletionTimestamp: formatTime(agenda.now) } };
    store.patch(PODS.plural, pod.metadata.name, patch, 'kubernetes');
  }

  #report(name: string, delayMs?: number): void {
    if (delayMs === undefined) {
      if (this.#reporting.has(name)) return;
      this.#reporting.add(name);
    }
    const { agenda, random, statusPace } = this.#options;
    agenda.after(delayMs ?? drawDelay(random, statusPace), () => {
      if (delayMs === undefined) this.#reporting.delete(name);
      this.#writeStatus(name);
    });
  }

  #writeStatus(name: string): void {
    const { store, agenda } = this.#options;
    const replicaSet = store.get<ReplicaSet>(REPLICA_SETS.plural, name);
    if (replicaSet === undefined) return;
    const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0;
    const pods = podsOf(store, replicaSet.metadata.uid).filter((pod) => !isLeaving(pod));
    const ready = pods.filter((pod) => pod.status.ready);
    const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, agenda.now));
    // As in Kubernetes, the generation counts as observed although the counts may be from before it was acted on.
    const status = {
      replicas: pods.length,
      readyReplicas: ready.length,
      availableReplicas: available.length,
      observedGeneration: replicaSet.metadata.generation ?? 0,
    };
    store.patch(REPLICA_SETS.plural, name, { status }, 'kubernetes', { subresource: 'status' });
    if (available.length < ready.length) {
      const youngest = Math.max(...ready.map((pod) => pod.status.readySince));
      this.#report(name, youngest + minReadySeconds * 1000 - agenda.now);
    }
  }
}

export function podsOf(store: Store, replicaSetUid: string): readonly Pod[] {
  return store.list<Pod>(PODS.plural).filter((pod) => controllerOf(pod)?.uid === replicaSetUid);
}
