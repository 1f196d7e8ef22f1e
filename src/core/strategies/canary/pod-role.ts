/**
 * What the pods of a revision carry for their role, and by which labels the Services that send them requests select.
 * Pods keep those labels until the requests go elsewhere, even when their role changes.
 */
import type { PodRole } from '../../acts/ephemeral-metadata.ts';
import { reaches } from '../../observed/endpoints.ts';
import type { InjectedMetadata } from '../../observed/injected-metadata.ts';
import { availableReplicasOf } from '../../observed/replica-sets.ts';
import { selectedLabels } from '../../observed/selected-labels.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import { podMetadata } from '../pod-metadata.ts';
import { writesTo, type Demand } from './demand.ts';
import type { Position } from './position.ts';
import { takesStableServiceEarly } from './sizes.ts';
import { NO_REQUESTS } from './weight.ts';

export function podRoleAt(demand: Demand, replicaSet: ReplicaSet): PodRole {
  return {
    metadata: lentMetadata(demand.position, replicaSet),
    selectedBy: () => selectedByTraffic(demand, replicaSet),
  };
}

/** What its role lends to a revision; `null` stands for the one about to be created. */
export function lentMetadata(position: Position, replicaSet: ReplicaSet | null): InjectedMetadata {
  const { situation, spec, memory } = position;
  const roles = { stable: spec.strategy.stableMetadata, canary: spec.strategy.canaryMetadata };
  // The write that brings the labels makes the count of staying pods unknown, and must not take them back.
  const takesOver = takesStableServiceEarly(position, availableReplicasOf(situation.canary));
  return podMetadata(situation, memory, roles, replicaSet, takesOver);
}

function selectedByTraffic(demand: Demand, replicaSet: ReplicaSet): Readonly<Record<string, string>> {
  const { situation, spec, standing } = demand.position;
  const { stableService = '', canaryService = '' } = spec.strategy;
  const leadsTo = (service: string) => service !== '' && reaches(situation, service, replicaSet);
  const stable = selectedLabels(situation, stableService);
  const canary = leadsTo(canaryService) && carriesRequests(demand) ? selectedLabels(situation, canaryService) : {};
  // A pod can have one value of a label: at a promotion it is the one that the stable Service waits for.
  const isPromoted = standing === 'promoted' && replicaSet === situation.canary;
  return { ...canary, ...(isPromoted || leadsTo(stableService) ? stable : {}) };
}

/** Whether a proxy may still send requests to the canary Service. */
function carriesRequests(demand: Demand): boolean {
  const { situation, router, routerProblem } = demand.position;
  const settledAt = router.settledAt(situation);
  const isUnsettled = settledAt !== null && settledAt > situation.now;
  const isAsked = routerProblem === null && writesTo(demand, NO_REQUESTS).length > 0;
  return isUnsettled || isAsked || formerRouterCarriesRequests(situation);
}
