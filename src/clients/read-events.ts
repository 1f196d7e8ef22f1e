/** Reads the Events of a Rollout. */
import type { ReportedEvent } from '../core/view/other-writers.ts';
import { EVENTS } from '../kube/resources.ts';
import type { Cluster } from './cluster.ts';
import { readList } from './read-lists.ts';

/** Empty where they cannot be read: they only add to what is known. */
export async function readEvents(
  { client, namespace }: Pick<Cluster, 'client' | 'namespace'>,
  name: string,
): Promise<readonly ReportedEvent[]> {
  const fieldSelector = `involvedObject.kind=Rollout,involvedObject.name=${name}`;
  return readList(client, { resource: EVENTS, namespace, fieldSelector }).catch(() => []);
}
