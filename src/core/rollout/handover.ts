/**
 * Services that Rollouts exchange. While a spec is invalid only because a Service belongs to another Rollout, Services
 * that it no longer names and another Rollout names are handed over: otherwise each would wait for the other for ever.
 */
import { ANNOTATIONS } from '../../api/words/labels.ts';
import { namedServices } from '../../api/schema/named-services.ts';
import { managerOf } from '../../api/words/service-manager.ts';
import type { Service } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import { SERVICES } from '../../kube/resources.ts';
import { problemOf } from './spec-problem.ts';
import type { Situation } from '../observed/situation.ts';

/** The Services keep what they select until the other Rollout leads them to its own pods. */
export function handoverWrites(situation: Situation): Write[] {
  const { world, rollout, namespace, name } = situation;
  const named = new Set(namedServices(rollout).map((one) => one.name));
  const claimed = [...world.services.values()].filter(
    (one) => managerOf(one) === name && !named.has(one.metadata.name) && world.claimedServices.has(one.metadata.name),
  );
  if (claimed.length === 0 || problemOf(withFreeServices(situation)) !== null) return [];
  return claimed.map(({ metadata }) => ({
    op: 'patch',
    resource: SERVICES,
    namespace,
    name: metadata.name,
    patch: { metadata: { annotations: { [ANNOTATIONS.managedByRollouts]: null } } },
    resourceVersion: metadata.resourceVersion,
    why: 'hand over a Service that another Rollout names now',
  }));
}

/** As if no Service belonged to a Rollout. */
function withFreeServices(situation: Situation): Situation {
  const services = new Map([...situation.world.services].map(([name, one]) => [name, free(one)]));
  return { ...situation, world: { ...situation.world, services } };
}

function free(service: Service): Service {
  const { [ANNOTATIONS.managedByRollouts]: _manager, ...annotations } = service.metadata.annotations ?? {};
  return { ...service, metadata: { ...service.metadata, annotations } };
}
