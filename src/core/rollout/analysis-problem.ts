/**
 * Whether the analyses of a Rollout can be made from the templates that they refer to (spec A.1, template validation).
 */
import { analysesOf } from '../../api/schema/rollout-analyses.ts';
import { fieldErrorText } from '../../api/words/field-error.ts';
import { findTemplateIn } from '../analysis/gather-templates.ts';
import { analysisMistake, requestedAnalysis } from '../analysis/template-problem.ts';
import type { Problem } from '../observed/problem.ts';
import type { Situation } from '../observed/situation.ts';

/**
 * The first mistake in them; `null` without one. A template that is missing may still appear, and is no mistake while
 * templates may be there that are not seen.
 */
export function analysisProblem({ world, rollout, canaryHash, status }: Situation): Problem | null {
  const sources = { rollout, latestHash: canaryHash, stableHash: status.stableRS ?? '' };
  const find = findTemplateIn(world);
  for (const placed of analysesOf(rollout)) {
    // A block without templates asks for nothing (spec G-44).
    if (requestedAnalysis(placed.analysis) === null) continue;
    const mistake = analysisMistake({ ...placed, sources }, find);
    if (mistake === null) continue;
    if (mistake.missing.length > 0 && world.analysis.unreadable !== null) continue;
    return { kind: mistake.missing.length > 0 ? 'reference' : 'spec', text: fieldErrorText(mistake.error) };
  }
  return null;
}
