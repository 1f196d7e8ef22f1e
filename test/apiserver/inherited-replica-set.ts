/** The ReplicaSet of one revision as another controller of this API makes it, with a hash that is none of ours. */
import type { JsonObject } from '../../src/kube/json.ts';
import type { PodTemplate } from '../../src/kube/objects.ts';

export const HASH_LABEL = 'rollouts-pod-template-hash';
export const REVISION = 'rollout.argoproj.io/revision';

export interface InheritedRevision {
  readonly image: string;
  readonly hash: string;
  readonly replicas: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Labels that its role lends to its pods. */
  readonly lent?: Readonly<Record<string, string>>;
  /** What the cluster fills in beside what the Rollout's template says. */
  readonly filledIn?: JsonObject;
  /** Hash of a revision whose nodes its pods keep away from. */
  readonly avoids?: string;
}

export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
  readonly blockOwnerDeletion: boolean;
}

/** What a revision takes from its Rollout. */
interface Origin {
  readonly owner: Owner;
  readonly namespace: string;
  readonly template: PodTemplate;
  /** Pods that the Rollout asks for. */
  readonly replicas: number;
}

export function inheritedReplicaSet(
  revision: InheritedRevision,
  { owner, namespace, template, ...wanted }: Origin,
): object {
  const { hash, image, replicas, annotations, lent, avoids, filledIn } = revision;
  const labels = { app: 'web', [HASH_LABEL]: hash };
  const [container] = (template.spec?.['containers'] ?? []) as readonly object[];
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${hash}`,
      labels,
      annotations: {
        'rollout.argoproj.io/desired-replicas': String(wanted.replicas),
        ...(lent === undefined ? {} : { 'rollout.argoproj.io/ephemeral-metadata': JSON.stringify({ labels: lent }) }),
        ...annotations,
      },
      ownerReferences: [owner],
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, ...lent } },
        spec: {
          containers: [{ ...container, image }],
          ...filledIn,
          ...(avoids === undefined ? {} : { affinity: { podAntiAffinity: awayFrom(avoids, namespace) } }),
        },
      },
    },
  };
}

/** The number of a revision: its place in the list, counted from 0, unless it says another. */
export function numberOf({ annotations }: InheritedRevision, place: number): number {
  return Number(annotations?.[REVISION] ?? place + 1);
}

function awayFrom(hash: string, namespace: string): object {
  const labelSelector = { matchExpressions: [{ key: HASH_LABEL, operator: 'In', values: [hash] }] };
  const term = { labelSelector, namespaces: [namespace], topologyKey: 'kubernetes.io/hostname' };
  return { requiredDuringSchedulingIgnoredDuringExecution: [term] };
}
