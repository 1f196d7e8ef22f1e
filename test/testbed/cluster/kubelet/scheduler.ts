/**
 * Picks the node of a pod: the nodes in turn, among those that its nodeSelector and its required node
 * fields (how a DaemonSet names a node) allow. Resources, taints, pod affinity and priorities are not looked at.
 */
import type { Pod } from './pod.ts';

export interface Node {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
}

/** Whether this scheduler is the one that has to find a node for the pod, now. */
export function isToBeScheduled(pod: Pod): boolean {
  return (
    pod.spec.nodeName === undefined &&
    pod.metadata.deletionTimestamp === undefined &&
    (pod.spec.schedulerName ?? 'default-scheduler') === 'default-scheduler' &&
    (pod.spec.schedulingGates ?? []).length === 0
  );
}

/** Undefined when no node is allowed: the pod stays Pending. `turn` is any number that changes from pod to pod. */
export function pickNode(pod: Pod, nodes: readonly Node[], turn: number): Node | undefined {
  const allowed = nodes.filter((node) => allows(pod, node));
  return allowed[turn % allowed.length];
}

function allows(pod: Pod, node: Node): boolean {
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value);
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const named = (terms ?? []).flatMap(({ matchFields = [] }) =>
    matchFields.filter(({ key }) => key === 'metadata.name').flatMap(({ values = [] }) => values),
  );
  return selected && (named.length === 0 || named.includes(node.name));
}
