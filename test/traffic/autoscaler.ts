/**
 * A HorizontalPodAutoscaler in front of the Rollout. There are no metrics here, but it keeps every target between its
 * bounds before it asks for any, so moving the bounds makes it scale, through the Rollout's scale subresource.
 */
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Traffic } from './traffic.ts';

/** It exists, and the Rollout asks for so many pods. */
export async function autoscale(traffic: Traffic, replicas: number): Promise<void> {
  const { session, name } = traffic;
  await session.kubectl('autoscale', 'rollout', name, `--min=${replicas}`, `--max=${replicas}`);
  await untilScaled(traffic, replicas);
}

/** From now on it wants so many pods; it acts within about a second. */
export async function moveBounds({ session, name }: Traffic, replicas: number): Promise<void> {
  const spec = { minReplicas: replicas, maxReplicas: replicas };
  await session.kubectl('patch', 'hpa', name, '--type=merge', '-p', JSON.stringify({ spec }));
}

export async function untilScaled({ session, name }: Traffic, replicas: number): Promise<void> {
  await waitFor(() => session.get('rollouts', name), {
    what: `the autoscaler to ask ${name} for ${replicas} pods`,
    until: ({ spec }) => spec.replicas === replicas,
  });
}
