/**
 * Everything that a decision about one Experiment may look at: a frozen snapshot, `now` included.
 */
import type { Experiment } from '../../api/schema/experiment.ts';
import type { ReplicaSet, Service } from '../../kube/objects.ts';
import type { Refusal } from '../../kube/plan.ts';
import type { AnalysisWorld } from '../observed/world.ts';

export interface ExperimentWorld {
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number;
  readonly experiment: Experiment;
  /** Those that it controls. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Those that it controls, and those that have the name of one that it asks for. */
  readonly services: readonly Service[];
  /** The AnalysisRuns that it controls, and the templates that its analyses refer to. */
  readonly analysis: AnalysisWorld;
  /** Names under which the API server has a ReplicaSet of another owner or another template. */
  readonly takenNames: ReadonlySet<string>;
  /** What the API server refused of the plan for this very world. The rest of that plan is done, apart from the status. */
  readonly refused: readonly Refusal[];
}
