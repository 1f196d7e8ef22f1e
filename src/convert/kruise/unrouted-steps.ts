/** The steps of a Kruise Rollout without a proxy: the ratio of pods is the weight. */
import type { Refusals } from '../conversion.ts';
import { decide, noted, type Draft } from '../draft.ts';
import { percentOf, TRAFFIC } from './percent.ts';
import type { KruiseStep } from './schema.ts';
import { withoutLast } from './steps.ts';

interface Place {
  readonly path: string;
  readonly refusals: Refusals;
  /** Of the Deployment, if it is known. */
  readonly replicas: number | undefined;
}

export function unroutedSteps(steps: readonly KruiseStep[], place: Place): readonly Draft[] {
  return withoutLast(steps).flatMap((step, index) => {
    const path = `${place.path}[${index}]`;
    if ((step.matches ?? []).length > 0)
      place.refusals.add(`${path}.matches`, 'without trafficRoutings nothing matches');
    const { duration } = step.pause ?? {};
    return [weightStep(step, { ...place, path }), { pause: duration === undefined ? {} : { duration } }];
  });
}

function weightStep({ replicas, traffic }: KruiseStep, { path, refusals, replicas: all }: Place): Draft {
  const asked = replicas ?? traffic;
  if (asked === undefined) {
    refusals.add(path, 'the step has neither replicas nor traffic');
    return {};
  }
  if (typeof asked === 'string') {
    const setWeight = percentOf(asked);
    if (setWeight === null) refusals.add(`${path}.${replicas === undefined ? 'traffic' : 'replicas'}`, TRAFFIC);
    return { setWeight: setWeight ?? 0 };
  }
  if (all === undefined || all === 0) {
    refusals.add(
      `${path}.replicas`,
      'without a proxy the step is a share of the pods: give the Deployment as well, or a share',
    );
    return {};
  }
  const setWeight = Math.min(100, Math.ceil((asked * 100) / all));
  return noted(
    { setWeight },
    decide(`${path}.replicas: ${asked} of the ${all} pods. Of another number this is another share.`),
  );
}
