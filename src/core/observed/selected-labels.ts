/**
 * Labels of roles by which Services select. Pods get and lose them while they run, so a Service may name a revision
 * whose pods it does not select yet, or no longer selects.
 */
import { LABELS } from '../../api/words/labels.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { isTerminating } from '../../kube/terminating.ts';
import type { InjectedMetadata } from './injected-metadata.ts';
import { ownMetadata } from './own-metadata.ts';
import { podsOf } from './pods.ts';
import type { Situation } from './situation.ts';

/** The labels that a Service selects by, beside the hash. */
export function selectedLabels({ world }: Situation, service: string): Readonly<Record<string, string>> {
  const { [LABELS.podTemplateHash]: _hash, ...labels } = world.services.get(service)?.spec.selector ?? {};
  return labels;
}

/**
 * Whether a pod of the revision still lacks a label that the Service selects by and that `role` will bring: by lending
 * it, or by restoring what the template says. A label that nothing brings is not waited for.
 */
export function awaitsSelectedLabels(
  situation: Situation,
  service: string,
  replicaSet: ReplicaSet,
  role: InjectedMetadata,
): boolean {
  const isOwn = replicaSet === situation.canary;
  const own = ownMetadata(replicaSet, situation.rollout.spec.template ?? {}, isOwn, role);
  const coming = new Map(Object.entries({ ...own.labels, ...role.labels }));
  const selected = Object.entries(selectedLabels(situation, service)).filter(
    ([key, value]) => coming.get(key) === value,
  );
  return podsOf(situation, replicaSet)
    .filter((pod) => !isTerminating(pod))
    .some((pod) => selected.some(([key, value]) => pod.metadata.labels?.[key] !== value));
}
