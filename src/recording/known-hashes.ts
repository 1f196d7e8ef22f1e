/** The identity of a template and of a list of steps, which must outlive the replacing of values in them. */
import { knowStepHash, stepHash } from '../api/schema/step-hash.ts';
import type { Rollout } from '../api/schema/rollout.ts';
import { resolveTemplate } from '../core/observed/resolve-template.ts';
import type { RolloutWorld } from '../core/observed/world.ts';
import { knowTemplateHash, templateHash } from '../kube/template-hash.ts';
import type { RecordedLook } from './format.ts';

/** `null` where there is no template or no step. */
export function hashesOf(world: RolloutWorld): RecordedLook['hashes'] {
  const template = templateIn(world);
  const steps = stepsOf(world.rollout);
  return {
    template: template === undefined ? null : templateHash(template, world.rollout.status?.collisionCount),
    steps: steps === undefined ? null : stepHash(steps),
  };
}

/** Whatever the template and the steps of this world say, these are their hashes. */
export function knowHashes(world: RolloutWorld, hashes: RecordedLook['hashes']): void {
  const template = templateIn(world);
  const steps = stepsOf(world.rollout);
  if (template !== undefined && hashes.template !== null)
    knowTemplateHash(template, world.rollout.status?.collisionCount, hashes.template);
  if (steps !== undefined && hashes.steps !== null) knowStepHash(steps, hashes.steps);
}

function templateIn(world: RolloutWorld) {
  const resolved = resolveTemplate(world);
  return 'problem' in resolved ? undefined : resolved.world.rollout.spec.template;
}

function stepsOf({ spec }: Rollout) {
  return spec.strategy?.canary?.steps;
}
