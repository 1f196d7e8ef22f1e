/**
 * Gathers the AnalysisRuns of a Rollout, and the templates that its analyses refer to.
 */
import { analysesOf } from '../../api/schema/rollout-analyses.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import { gatherTemplates } from '../analysis/gather-templates.ts';
import { RUNS_BY_CONTROLLER } from '../observed/indexes.ts';
import type { Lookup } from '../observed/lookup.ts';
import type { AnalysisWorld } from '../observed/world.ts';

export function gatherAnalysis(lookup: Lookup, rollout: Rollout): AnalysisWorld {
  const { namespace = '', uid } = rollout.metadata;
  const references = analysesOf(rollout).flatMap(({ analysis }) => analysis.templates ?? []);
  const templates = gatherTemplates(lookup, namespace, references);
  return { runs: lookup.find(RUNS_BY_CONTROLLER, uid), ...templates, inTheWay: [], takenNames: new Set() };
}
