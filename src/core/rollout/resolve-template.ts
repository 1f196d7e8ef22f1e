/**
 * Fills in the template of a Rollout that takes it from a workload (spec 10.6). Everything after it sees a Rollout as
 * any other; nothing after it asks where a template came from.
 */
import type { Rollout } from '../../api/rollout.ts';
import { workloadRefProblem } from '../../api/workload-ref.ts';
import type { RolloutWorld } from './world.ts';

/** The problem is a sentence that says why there is no template; then nothing may be concluded from what is missing. */
export type ResolvedTemplate = { readonly world: RolloutWorld } | { readonly problem: string };

/** The template is as the workload holds it; a selector of the Rollout itself goes before the workload's. */
export function resolveTemplate(world: RolloutWorld): ResolvedTemplate {
  const { rollout, workload } = world;
  const { workloadRef, ...spec } = rollout.spec;
  if (workloadRef === undefined) return { world };
  const problem = workloadRefProblem(rollout.spec);
  if (problem !== null) return { problem };
  if (workload === null) return { problem: 'the workload has not been looked for' };
  if ('missing' in workload) return { problem: workload.missing };
  const selector = spec.selector ?? workload.selector;
  const resolved: Rollout = {
    ...rollout,
    spec: { ...spec, workloadRef, template: workload.template, ...(selector === undefined ? {} : { selector }) },
  };
  return { world: { ...world, rollout: resolved } };
}
