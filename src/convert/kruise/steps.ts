/** The steps of a Kruise Rollout behind a proxy. Kruise's step has pods, traffic and a pause; here each is a step. */
import type { Refusals } from '../conversion.ts';
import { note, noted, type Draft, type DraftObject } from '../draft.ts';
import { headerMatchOf } from './matches.ts';
import type { KruiseStep } from './schema.ts';
import { percentOf, TRAFFIC } from './percent.ts';

/** What holds before a step. */
interface Course {
  /** Of `setCanaryScale`, or `null` while the pods follow the weight. */
  readonly scale: DraftObject | null;
  readonly weight: number;
  readonly routed: boolean;
}

interface Translated {
  readonly steps: readonly Draft[];
  readonly course: Course;
}

export interface RoutedSteps {
  readonly steps: readonly Draft[];
  /** Whether a step sets the header route of this name. */
  readonly hasRoute: boolean;
}

export function routedSteps(
  steps: readonly KruiseStep[],
  { route, path, refusals }: { readonly route: string; readonly path: string; readonly refusals: Refusals },
): RoutedSteps {
  let course: Course = { scale: null, weight: 0, routed: false };
  let hasRoute = false;
  const drafts = withoutLast(steps).flatMap((step, index) => {
    const translated = translatedStep(step, { course, route, path: `${path}[${index}]`, refusals });
    course = translated.course;
    hasRoute ||= course.routed;
    return translated.steps;
  });
  return { steps: drafts, hasRoute };
}

/** Kruise does not stop at a last step of 100 %, and neither is it needed here. */
export function withoutLast(steps: readonly KruiseStep[]): readonly KruiseStep[] {
  const last = steps.at(-1);
  return last !== undefined && isWhole(last) ? steps.slice(0, -1) : steps;
}

export function isWhole({ traffic, replicas, matches = [] }: KruiseStep): boolean {
  return matches.length === 0 && (replicas === undefined ? traffic === '100%' : replicas === '100%');
}

interface StepRequest {
  readonly course: Course;
  readonly route: string;
  readonly path: string;
  readonly refusals: Refusals;
}

function translatedStep(step: KruiseStep, { course, route, path, refusals }: StepRequest): Translated {
  const matches = step.matches ?? [];
  const asked = step.traffic === undefined ? undefined : percentOf(step.traffic);
  if (asked === null) refusals.add(`${path}.traffic`, TRAFFIC);
  const weight = matches.length > 0 ? 0 : (asked ?? course.weight);
  const scale = scaleOf(step, asked ?? course.weight, { path, refusals });
  const match = matches.length === 0 ? [] : headerMatchOf(matches);
  if ('problem' in match) refusals.add(`${path}.matches`, match.problem);
  const routed = matches.length > 0;
  const steps: Draft[] = [];
  // A route that is removed first leaves no request at pods that are removed then.
  if (course.routed && !routed) steps.push({ setHeaderRoute: { name: route } });
  if (JSON.stringify(scale) !== JSON.stringify(course.scale)) {
    steps.push({ setCanaryScale: scale ?? { matchTrafficWeight: true } });
  }
  if (weight !== course.weight || (!routed && asked !== undefined)) steps.push({ setWeight: weight });
  if (routed) steps.push(headerStep(route, 'problem' in match ? [] : match, { step, path }));
  const { duration } = step.pause ?? {};
  steps.push({ pause: duration === undefined ? {} : { duration } });
  return { steps, course: { scale, weight, routed } };
}

function headerStep(
  name: string,
  match: readonly DraftObject[],
  { step, path }: { readonly step: KruiseStep; readonly path: string },
): Draft {
  const ignored =
    step.traffic === undefined
      ? null
      : note(
          `${path}.traffic: ${step.traffic} has no effect beside matches, in Kruise either: only they reach the canary.`,
        );
  return noted({ setHeaderRoute: { name, match } }, ignored);
}

/** The pods of the step; `null` if they follow the weight. Without `replicas`, Kruise runs the same share as of traffic. */
function scaleOf(
  { replicas, matches = [] }: KruiseStep,
  weight: number,
  { path, refusals }: { readonly path: string; readonly refusals: Refusals },
): DraftObject | null {
  const routed = matches.length > 0;
  if (replicas === undefined) return routed ? { weight } : null;
  if (typeof replicas === 'number') return { replicas };
  const share = percentOf(replicas);
  if (share === null) refusals.add(`${path}.replicas`, TRAFFIC);
  return share === weight && !routed ? null : { weight: share ?? 0 };
}
