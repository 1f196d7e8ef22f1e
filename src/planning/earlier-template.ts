/** The template of an earlier revision, for the plan of the way back to it. */
import { resolveTemplate } from '../core/observed/resolve-template.ts';
import { undoOf } from '../core/view/undo.ts';
import type { PodTemplate } from '../kube/objects.ts';
import { worldIn } from './look.ts';
import type { Store } from './model/store.ts';
import { rolloutProblem } from './scene.ts';

/** 0 stands for the last revision but one. */
export function templateOfRevision(
  scene: Store,
  name: string,
  revision: number,
): { readonly template: PodTemplate } | { readonly problem: string } {
  const problem = rolloutProblem(scene, name);
  if (problem !== null) return { problem };
  const resolved = resolveTemplate(worldIn(scene, name));
  if ('problem' in resolved) return { problem: resolved.problem.text };
  const { rollout, replicaSets } = resolved.world;
  const undo = undoOf(rollout, replicaSets, revision);
  if ('matches' in undo) return { problem: `the template is that of revision ${undo.matches} already` };
  return undo;
}
