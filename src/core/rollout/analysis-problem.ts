/**
 * Whether the analyses of a Rollout can be made from the templates that they refer to (spec A.1, template validation).
 */
import { analysesOf } from '../../api/schema/rollout-analyses.ts';
import { fieldErrorText } from '../../api/words/field-error.ts';
import { findTemplateIn } from '../analysis/gather-templates.ts';
import { analysisMistake, requestedAnalysis, type AnalysisMistake } from '../analysis/template-problem.ts';
import type { Problem } from '../observed/problem.ts';
import type { Situation } from '../observed/situation.ts';

/**
 * The first mistake in them; `null` without one. A template that is missing may still appear, and is no mistake while
 * templates may be there that are not seen.
 */
export function analysisProblem(situation: Situation): Problem | null {
  const isUnseen = situation.world.analysis.unreadable !== null;
  for (const { error, missing } of analysisMistakes(situation)) {
    if (missing.length > 0 && isUnseen) continue;
    return { kind: missing.length > 0 ? 'reference' : 'spec', text: fieldErrorText(error) };
  }
  return null;
}

/** The first mistake of each analysis, found when it is asked for. */
export function* analysisMistakes({ world, rollout, canaryHash, status }: Situation): Iterable<AnalysisMistake> {
  const sources = { rollout, latestHash: canaryHash, stableHash: status.stableRS ?? '' };
  const find = findTemplateIn(world);
  for (const placed of analysesOf(rollout)) {
    // A block without templates asks for nothing (spec G-44).
    if (requestedAnalysis(placed.analysis) === null) continue;
    const mistake = analysisMistake({ ...placed, sources }, find);
    if (mistake !== null) yield mistake;
  }
}
