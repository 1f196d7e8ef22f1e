/**
 * The Rollout in a Service's annotation. That Rollout may no longer name the Service.
 */
import type { Service } from '../../kube/objects.ts';
import { ANNOTATIONS } from './labels.ts';

/** The Rollout's name; `undefined` if the Service has no such annotation or does not exist. */
export function managerOf(service: Service | undefined): string | undefined {
  return service?.metadata.annotations?.[ANNOTATIONS.managedByRollouts];
}
