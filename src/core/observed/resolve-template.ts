/**
 * Fills in the template of a Rollout that takes it from a workload (spec 10.6). After that it is a Rollout like any
 * other.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import { workloadRefProblem } from '../../api/schema/workload-ref.ts';
import type { Problem } from './problem.ts';
import type { RolloutWorld } from './world.ts';

/** The problem says why there is no template; then nothing may be concluded from what is missing. */
export type ResolvedTemplate = { readonly world: RolloutWorld } | { readonly problem: Problem };

/** The template is as the workload holds it; a selector of the Rollout itself takes precedence over the workload's. */
export function resolveTemplate(world: RolloutWorld): ResolvedTemplate {
  const { rollout, workload } = world;
  const { workloadRef, ...spec } = rollout.spec;
  if (workloadRef === undefined) return { world };
  const problem = workloadRefProblem(rollout.spec);
  if (problem !== null) return { problem: { kind: 'spec', text: problem } };
  if (workload === null) return { problem: { kind: 'reference', text: 'the workload has not been looked for' } };
  if ('missing' in workload) return { problem: { kind: 'reference', text: workload.missing } };
  const selector = spec.selector ?? workload.selector;
  const resolved: Rollout = {
    ...rollout,
    spec: { ...spec, workloadRef, template: workload.template, ...(selector === undefined ? {} : { selector }) },
  };
  return { world: { ...world, rollout: resolved } };
}
