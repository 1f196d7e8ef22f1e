/** Why a pod does not become available, where the pod itself says so. */
import type { Pod } from '../../kube/objects.ts';
import { podView } from './pod.ts';

/** In the words of `kubectl get pods`: what does not pass by waiting a little. */
const TROUBLE = /(?:BackOff|Error|Err\w+|OOMKilled|Evicted|InvalidImageName|Unavailable)$/;
const LONGEST = 200;

/** Of the first pod that is in trouble, as part of a sentence; `null` when none is. */
export function podTrouble(pods: readonly Pod[]): string | null {
  for (const pod of pods) {
    const { name, status } = podView(pod);
    const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable')
      return `pod ${name} cannot be scheduled${inBrackets(scheduled.message)}`;
    if (TROUBLE.test(status)) return `pod ${name} is in ${status}${inBrackets(waitingMessage(pod))}`;
  }
  return null;
}

function waitingMessage({ status }: Pod): string | undefined {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return containers.find(({ state }) => state?.waiting?.message !== undefined)?.state?.waiting?.message;
}

function inBrackets(text = ''): string {
  if (text === '') return '';
  return ` (${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text})`;
}
