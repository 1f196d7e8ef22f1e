/**
 * What the API has and this version does not do. It is refused in clear words and never ignored: a
 * canary that skips its analysis would be worse than one that does not start.
 */
import type { BlueGreenStrategy } from '../blue-green.ts';
import type { CanaryStrategy } from '../canary.ts';
import { firstError, firstErrorOf, forbidden, invalidValue, type Check, type FieldError } from '../field-error.ts';
import type { Rollout } from '../rollout.ts';
import type { CanaryStep } from '../steps.ts';
import type { TrafficRouting } from '../traffic-routing.ts';

const CANARY = 'spec.strategy.canary';
const BLUE_GREEN = 'spec.strategy.blueGreen';
const ROUTERS = ['istio', 'alb', 'smi', 'ambassador', 'appMesh', 'traefik', 'apisix', 'plugins'] as const;
const ANALYSES = ['prePromotionAnalysis', 'postPromotionAnalysis'] as const;
const VERBS = ['analysis', 'experiment', 'setMirrorRoute', 'plugin'] as const;

/** Totals of up to this are ignored by everything that reads the canary annotations of nginx. */
const LEAST_MAX_TRAFFIC_WEIGHT = 100;

const blueGreenAnalysis: Check<BlueGreenStrategy> = (blueGreen) =>
  firstErrorOf(ANALYSES, (analysis) => refusedIfSet(blueGreen[analysis], `${BLUE_GREEN}.${analysis}`));

const backgroundAnalysis: Check<CanaryStrategy> = ({ analysis }) => refusedIfSet(analysis, `${CANARY}.analysis`);

const pingPong: Check<CanaryStrategy> = (canary) => refusedIfSet(canary.pingPong, `${CANARY}.pingPong`);

const otherRouter: Check<TrafficRouting> = (trafficRouting) =>
  firstErrorOf(ROUTERS, (router) => refusedIfSet(trafficRouting[router], `${CANARY}.trafficRouting.${router}`));

const smallMaxTrafficWeight: Check<TrafficRouting> = ({ maxTrafficWeight }) =>
  maxTrafficWeight !== undefined && maxTrafficWeight < LEAST_MAX_TRAFFIC_WEIGHT
    ? invalidValue(
        `${CANARY}.trafficRouting.maxTrafficWeight`,
        maxTrafficWeight,
        `must be ${LEAST_MAX_TRAFFIC_WEIGHT} or more, because nginx ignores smaller totals`,
      )
    : null;

function stepError(step: CanaryStep, index: number): FieldError | null {
  return firstErrorOf(VERBS, (verb) => refusedIfSet(step[verb], `${CANARY}.steps[${index}].${verb}`));
}

/** The first thing that the Rollout asks for and this version cannot do, or null. */
export function unsupported(rollout: Rollout): FieldError | null {
  const { canary, blueGreen } = rollout.spec.strategy ?? {};
  const trafficRouting = canary?.trafficRouting;
  return (
    (blueGreen === undefined ? null : blueGreenAnalysis(blueGreen)) ??
    (canary === undefined ? null : firstError([backgroundAnalysis, pingPong], canary)) ??
    (trafficRouting === undefined ? null : firstError([otherRouter, smallMaxTrafficWeight], trafficRouting)) ??
    firstErrorOf(canary?.steps, stepError)
  );
}

function refusedIfSet(value: unknown, path: string): FieldError | null {
  const field = path.slice(path.lastIndexOf('.') + 1);
  return value === undefined ? null : forbidden(path, `${field} is not supported by this version of Serin`);
}
