/**
 * What the demo sees of the cluster: the Rollout with everything around it, its AnalysisRuns and its events. It only watches, so every
 * change of the Rollout is shown in the same way.
 */
import { parseAnalysisRun, type AnalysisRun } from '../../src/api/schema/analysis-run.ts';
import { parseRollout, type Rollout } from '../../src/api/schema/rollout.ts';
import { lookupIn, type Lookup } from '../../src/core/observed/lookup.ts';
import { gather } from '../../src/core/rollout/gather.ts';
import { viewRollout, type RolloutView } from '../../src/core/view/view.ts';
import type { Ingress, KubeObject, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { compareResourceVersions } from '../../src/kube/resource-version.ts';
import {
  ANALYSIS_RUNS,
  apiVersionOf,
  EVENTS,
  INGRESSES,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
  type Resource,
} from '../../src/kube/resources.ts';
import type { ApiClient } from '../../test/testbed/cluster/api-client.ts';
import { Collection } from './collection.ts';

export interface RolloutEvent extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTimestamp?: string;
}

export class Sight {
  readonly #name: string;
  readonly #rollouts: Collection<Rollout>;
  readonly #replicaSets: Collection<ReplicaSet>;
  readonly #services: Collection<Service>;
  readonly #ingresses: Collection<Ingress>;
  readonly #runs: Collection<AnalysisRun>;
  readonly #events: Collection<RolloutEvent>;
  /** No pods and no endpoints: a view does not show them. */
  readonly #lookup: Lookup;
  readonly #listeners = new Set<() => void>();

  constructor(client: ApiClient, namespace: string, name: string) {
    this.#name = name;
    const changed = (): void => {
      for (const listener of this.#listeners) listener();
    };
    const query = (resource: Resource, fieldSelector?: string) => ({
      path: collectionPath(resource, namespace),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    });
    this.#rollouts = new Collection(client, query(ROLLOUTS, `metadata.name=${name}`), changed);
    this.#replicaSets = new Collection(client, query(REPLICA_SETS), changed);
    this.#services = new Collection(client, query(SERVICES), changed);
    this.#ingresses = new Collection(client, query(INGRESSES), changed);
    this.#runs = new Collection(client, query(ANALYSIS_RUNS), changed);
    this.#events = new Collection(
      client,
      query(EVENTS, `involvedObject.kind=${ROLLOUTS.kind},involvedObject.name=${name}`),
      changed,
    );
    const collections = new Map<Resource, Collection<KubeObject>>([
      [ROLLOUTS, this.#rollouts],
      [REPLICA_SETS, this.#replicaSets],
      [SERVICES, this.#services],
      [INGRESSES, this.#ingresses],
    ]);
    this.#lookup = lookupIn((resource) => [...(collections.get(resource)?.objects.values() ?? [])]);
  }

  /** Resolves when the signal is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    const surroundings = [this.#replicaSets, this.#services, this.#ingresses];
    const collections = [this.#rollouts, ...surroundings, this.#runs, this.#events];
    await Promise.all(collections.map((collection) => collection.follow(signal)));
  }

  /** `null` until there is one. */
  get rollout(): Rollout | null {
    const parsed = parseRollout(this.#rollouts.objects.get(this.#name));
    return 'rollout' in parsed ? parsed.rollout : null;
  }

  view(now: number): RolloutView | null {
    const { rollout } = this;
    return rollout === null ? null : viewRollout(gather(this.#lookup, rollout, { now, propagationMs: null }));
  }

  /** Of the Rollout, in no order. */
  get runs(): readonly AnalysisRun[] {
    return [...this.#runs.objects.values()].flatMap((object) => {
      const parsed = parseAnalysisRun(object);
      return 'run' in parsed && isOf(parsed.run, this.#name) ? [parsed.run] : [];
    });
  }

  /** In the order in which they happened. */
  get events(): readonly RolloutEvent[] {
    return [...this.#events.objects.values()].sort((a, b) =>
      compareResourceVersions(a.metadata.resourceVersion, b.metadata.resourceVersion),
    );
  }

  /** `listener` is called after every change; the returned function ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function isOf({ metadata }: AnalysisRun, rolloutName: string): boolean {
  return metadata.ownerReferences?.some(({ kind, name }) => kind === ROLLOUTS.kind && name === rolloutName) === true;
}

export function collectionPath(resource: Resource, namespace: string): string {
  const root = resource.group === '' ? '/api' : '/apis';
  return `${root}/${apiVersionOf(resource)}/namespaces/${namespace}/${resource.plural}`;
}
