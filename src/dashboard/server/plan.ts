/** What a release will do, before a person starts it. */
import type { Cluster } from '../../clients/cluster.ts';
import { readObserved } from '../../clients/read-scene.ts';
import { templateOfRevision } from '../../planning/earlier-template.ts';
import { planRelease, type ReleasePlan } from '../../planning/release.ts';
import { observedScene } from '../../planning/scene.ts';
import type { PlanRequest } from '../wire.ts';
import { HttpProblem } from './problem.ts';

/** With what may not be read as a note of the plan. */
export async function planFor(
  { client, clock }: Pick<Cluster, 'client' | 'clock'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { images = [], revision }: PlanRequest,
): Promise<ReleasePlan> {
  const notes: string[] = [];
  const observed = await readObserved(client, { namespace, name, named: undefined }, (note) => notes.push(note));
  const scene = observedScene(observed, name, Math.ceil(clock.now() / 1000) * 1000);
  const earlier = revision === undefined ? null : orProblem(templateOfRevision(scene, name, revision));
  const template = earlier?.template ?? null;
  const nothing = { base: [], changes: [], longestStartMs: null };
  const plan = orProblem(planRelease({ ...nothing, namespace, name, scene, images, template }));
  return { ...plan, notes: [...notes, ...plan.notes] };
}

function orProblem<T extends object>(result: T | { readonly problem: string }): T {
  if ('problem' in result) throw new HttpProblem(422, result.problem);
  return result;
}
