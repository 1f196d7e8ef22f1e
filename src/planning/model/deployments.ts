/**
 * The Deployment controller of the model, as far as a Rollout that takes over from a Deployment needs it: the size of the
 * Deployment is that of its ReplicaSet. It makes no rollouts of its own.
 */
import type { JsonObject } from '../../kube/json.ts';
import type { KubeObject, LabelSelector, PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { controllerReference, isControlledBy } from '../../kube/owners.ts';
import { DEPLOYMENTS, REPLICA_SETS } from '../../kube/resources.ts';
import type { Store } from './store.ts';

interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
  };
}

export function settleDeployments(store: Store): void {
  for (const deployment of store.list<Deployment>(DEPLOYMENTS)) {
    const { name, namespace = '', uid } = deployment.metadata;
    const { replicas = 1, minReadySeconds = 0, selector, template } = deployment.spec;
    const own = store.list<ReplicaSet>(REPLICA_SETS).filter((one) => isControlledBy(one, uid));
    const [largest] = own.toSorted((a, b) => (b.spec.replicas ?? 1) - (a.spec.replicas ?? 1));
    if (largest === undefined) {
      const metadata = {
        labels: template.metadata?.labels,
        ownerReferences: [controllerReference(DEPLOYMENTS, name, uid)],
      };
      const body = { metadata, spec: { replicas, minReadySeconds, selector, template } };
      store.create(REPLICA_SETS, namespace, `${name}-pods`, body as unknown as JsonObject);
    } else if (own.reduce((sum, one) => sum + (one.spec.replicas ?? 1), 0) !== replicas) {
      for (const one of own)
        store.patch(REPLICA_SETS, one.metadata.name, { spec: { replicas: one === largest ? replicas : 0 } });
    }
  }
}
