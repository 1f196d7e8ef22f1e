/**
 * What happens to a Rollout that cannot be rolled out as it is written: it says so, and nothing else
 * changes (spec 2.1). Which specs are invalid is the API's affair.
 */
import { conditions as word } from '../../api/conditions.ts';
import type { FieldError } from '../../api/field-error.ts';
import { invalidSpecMessage } from '../../api/field-error.ts';
import { propagationTimeError } from '../../api/propagation-time.ts';
import { ANNOTATIONS } from '../../api/labels.ts';
import type { Rollout } from '../../api/rollout.ts';
import type { RolloutStatus } from '../../api/status.ts';
import { validateReferences } from '../../api/validation/references.ts';
import { unsupported } from '../../api/validation/unsupported.ts';
import { validateSpec } from '../../api/validation.ts';
import { findCondition, removeCondition, setCondition } from '../../kube/conditions.ts';
import type { Plan } from '../../kube/plan.ts';
import { statusWrite } from './report.ts';
import type { Situation } from './situation.ts';

/** The first thing that is wrong; `null` when the Rollout can be rolled out. */
export function problemOf(situation: Situation): FieldError | null {
  const { rollout, world } = situation;
  // The template of a workload has been filled in, and is held to the same rules as one of our own.
  const { workloadRef: _resolved, ...spec } = rollout.spec;
  return (
    validateSpec({ ...rollout, spec }) ??
    propagationTimeError(rollout) ??
    unsupported(rollout) ??
    validateReferences(rollout, {
      service: (name) => world.services.get(name),
      ingress: (name) => world.ingresses.get(name),
    })
  );
}

/**
 * The generation counts as observed, that of a workload too, so that clients see Degraded and not "waiting"; every
 * other field stays. `problem` is the text of a field error, or what keeps a workload from being found.
 */
export function invalidPlan(situation: Situation, problem: string): Plan {
  const { status, rollout, now } = situation;
  const message = invalidSpecMessage(situation.name, problem);
  const present = findCondition(status.conditions, 'InvalidSpec');
  const others = present?.message === message ? status.conditions : removeCondition(status.conditions, 'InvalidSpec');
  const conditions = setCondition(others, word.invalidSpec(message), now);
  const write = statusWrite(
    situation,
    {
      ...status,
      observedGeneration: String(rollout.metadata.generation ?? 0),
      ...announcedGeneration(rollout),
      conditions,
      phase: 'Degraded',
      message: `InvalidSpec: ${message}`,
    },
    [],
  );
  return { writes: write === null ? [] : [write] };
}

function announcedGeneration({ metadata, spec }: Rollout): RolloutStatus {
  const announced = metadata.annotations?.[ANNOTATIONS.workloadGeneration];
  return spec.workloadRef === undefined || announced === undefined ? {} : { workloadObservedGeneration: announced };
}
