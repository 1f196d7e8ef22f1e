/**
 * Gathers what a decision about one Experiment may look at.
 */
import type { Experiment } from '../../api/schema/experiment.ts';
import type { Service } from '../../kube/objects.ts';
import { SERVICES } from '../../kube/resources.ts';
import { gatherTemplates } from '../analysis/gather-templates.ts';
import { REPLICA_SETS_BY_CONTROLLER, RUNS_BY_CONTROLLER, SERVICES_BY_CONTROLLER } from '../observed/indexes.ts';
import type { Lookup } from '../observed/lookup.ts';
import { observedTemplates } from './templates.ts';
import type { ExperimentWorld } from './world.ts';

/** Nothing in it was asked of the API server or refused by it. */
export function gatherExperiment(lookup: Lookup, experiment: Experiment, now: number): ExperimentWorld {
  const { namespace = '', uid } = experiment.metadata;
  const replicaSets = lookup.find(REPLICA_SETS_BY_CONTROLLER, uid);
  const own = lookup.find(SERVICES_BY_CONTROLLER, uid);
  const inTheWay = observedTemplates({ experiment, replicaSets, services: own }).flatMap(({ service, serviceName }) => {
    const other =
      service === null && serviceName !== null ? lookup.get<Service>(SERVICES, namespace, serviceName) : undefined;
    return other ?? [];
  });
  return Object.freeze({
    now,
    experiment,
    replicaSets,
    services: [...own, ...inTheWay],
    analysis: {
      runs: lookup.find(RUNS_BY_CONTROLLER, uid),
      ...gatherTemplates(lookup, namespace, experiment.spec.analyses ?? []),
      inTheWay: [],
      takenNames: new Set<string>(),
    },
    takenNames: new Set<string>(),
    refused: [],
  });
}
