/** The controller of Experiments in the model: the decision that ships. */
import type { Experiment } from '../../api/schema/experiment.ts';
import { decideExperiment } from '../../core/experiment/decide.ts';
import { gatherExperiment } from '../../core/experiment/gather.ts';
import { lookupIn } from '../../core/observed/lookup.ts';
import { EXPERIMENTS } from '../../kube/resources.ts';
import type { Store } from './store.ts';

/** Returns when the next of them is to be looked at again, milliseconds since the epoch; `null` when none is. */
export function settleExperiments(store: Store): number | null {
  const times = store.list<Experiment>(EXPERIMENTS).flatMap((experiment) => {
    const lookup = lookupIn((resource) => store.list(resource));
    const plan = decideExperiment(gatherExperiment(lookup, experiment, store.now));
    for (const write of plan.writes) store.make(write);
    return plan.requeueAfterMs === undefined || plan.requeueAfterMs === 0 ? [] : store.now + plan.requeueAfterMs;
  });
  return times.length === 0 ? null : Math.min(...times);
}
