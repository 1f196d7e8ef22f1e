/**
 * Rules of `spec.strategy.canary` without its steps. The paths have no `canary` segment, as always in this
 * API (spec 2.2).
 */
import { isLiterallyZero } from '../../kube/int-or-percent.ts';
import type { CanaryStrategy } from '../schema/canary.ts';
import { errorsOf, invalidValue, type Check, type FieldError } from '../words/field-error.ts';
import type { TrafficRouting } from '../schema/traffic-routing.ts';
import { antiAffinityError } from './anti-affinity.ts';
import { negativeFieldError, partError, shareError } from './numbers.ts';
import { PROBLEMS } from '../words/problems.ts';

const STRATEGY = 'spec.strategy';

const surgeAndUnavailableZero: Check<CanaryStrategy> = ({ maxSurge, maxUnavailable }) =>
  isLiterallyZero(maxSurge) && isLiterallyZero(maxUnavailable)
    ? invalidValue(`${STRATEGY}.maxSurge`, maxSurge, PROBLEMS.surgeAndUnavailableZero)
    : null;

const servicesEqual: Check<CanaryStrategy> = ({ stableService, canaryService }) =>
  isSet(stableService) && stableService === canaryService
    ? invalidValue(`${STRATEGY}.stableService`, stableService, PROBLEMS.sameStableAndCanaryService)
    : null;

const pingPongRouterMissing: Check<CanaryStrategy> = ({ pingPong, trafficRouting }) =>
  pingPong !== undefined &&
  trafficRouting !== undefined &&
  trafficRouting.alb === undefined &&
  trafficRouting.istio === undefined &&
  !hasPlugins(trafficRouting)
    ? invalidValue(`${STRATEGY}.trafficRouting.alb`, null, PROBLEMS.pingPongRouter)
    : null;

const pingServiceMissing: Check<CanaryStrategy> = ({ pingPong }) =>
  pingPong?.pingService === ''
    ? invalidValue(`${STRATEGY}.pingPong.pingService`, '', PROBLEMS.pingPongServiceMissing)
    : null;

const pongServiceMissing: Check<CanaryStrategy> = ({ pingPong }) =>
  pingPong?.pongService === ''
    ? invalidValue(`${STRATEGY}.pingPong.pongService`, '', PROBLEMS.pingPongServiceMissing)
    : null;

const pingPongServicesEqual: Check<CanaryStrategy> = ({ pingPong }) =>
  pingPong !== undefined && pingPong.pingService === pingPong.pongService
    ? invalidValue(`${STRATEGY}.pingPong.pingService`, pingPong.pingService, PROBLEMS.samePingAndPongService)
    : null;

const rootServiceMissing: Check<CanaryStrategy> = ({ pingPong, trafficRouting }) =>
  pingPong !== undefined && trafficRouting?.alb !== undefined && !isSet(trafficRouting.alb.rootService)
    ? invalidValue(`${STRATEGY}.trafficRouting.alb.rootService`, '', PROBLEMS.rootServiceMissing)
    : null;

const stableServiceMissing: Check<CanaryStrategy> = (canary) =>
  needsServices(canary) && !isSet(canary.stableService)
    ? invalidValue(`${STRATEGY}.stableService`, '', PROBLEMS.trafficRoutingServicesMissing)
    : null;

const canaryServiceMissing: Check<CanaryStrategy> = (canary) =>
  needsServices(canary) && !isSet(canary.canaryService)
    ? invalidValue(`${STRATEGY}.canaryService`, '', PROBLEMS.trafficRoutingServicesMissing)
    : null;

const scaleDownDelayWithoutRouter: Check<CanaryStrategy> = ({ scaleDownDelaySeconds, trafficRouting }) =>
  scaleDownDelaySeconds !== undefined && trafficRouting === undefined
    ? invalidValue(`${STRATEGY}.scaleDownDelaySeconds`, scaleDownDelaySeconds, PROBLEMS.scaleDownDelayWithoutRouter)
    : null;

const dynamicStableScaleImpossible: Check<CanaryStrategy> = (canary) => {
  if (canary.dynamicStableScale !== true) return null;
  const path = `${STRATEGY}.dynamicStableScale`;
  if (canary.trafficRouting === undefined) {
    return invalidValue(path, true, PROBLEMS.dynamicStableScaleWithoutRouter);
  }
  return canary.scaleDownDelaySeconds === undefined
    ? null
    : invalidValue(path, true, PROBLEMS.dynamicStableScaleWithDelay);
};

const maxTrafficWeightUnknownToRouter: Check<CanaryStrategy> = ({ trafficRouting }) =>
  trafficRouting?.maxTrafficWeight !== undefined &&
  trafficRouting.nginx === undefined &&
  trafficRouting.gatewayAPI === undefined &&
  !hasPlugins(trafficRouting)
    ? invalidValue(
        `${STRATEGY}.trafficRouting.maxTrafficWeight`,
        trafficRouting.maxTrafficWeight,
        PROBLEMS.maxTrafficWeightRouter,
      )
    : null;

const COUNTS = [
  'scaleDownDelaySeconds',
  'scaleDownDelayRevisionLimit',
  'abortScaleDownDelaySeconds',
  'minPodsPerReplicaSet',
] as const;

const numberInvalid: Check<CanaryStrategy> = (canary) =>
  shareError(`${STRATEGY}.maxSurge`, canary.maxSurge) ??
  partError(`${STRATEGY}.maxUnavailable`, canary.maxUnavailable) ??
  negativeFieldError(STRATEGY, canary, COUNTS);

const CANARY_CHECKS: readonly Check<CanaryStrategy>[] = [
  surgeAndUnavailableZero,
  servicesEqual,
  pingPongRouterMissing,
  pingServiceMissing,
  pongServiceMissing,
  pingPongServicesEqual,
  rootServiceMissing,
  stableServiceMissing,
  canaryServiceMissing,
  scaleDownDelayWithoutRouter,
  dynamicStableScaleImpossible,
  maxTrafficWeightUnknownToRouter,
  numberInvalid,
];

/** Of the rules that are checked before the steps. */
export function canaryErrors(canary: CanaryStrategy): Iterable<FieldError> {
  return errorsOf(CANARY_CHECKS, canary);
}

/** Reported after the steps. */
export const canaryAntiAffinityError: Check<CanaryStrategy> = ({ antiAffinity }) =>
  antiAffinityError(antiAffinity, `${STRATEGY}.antiAffinity`);

export function hasPlugins(trafficRouting: TrafficRouting): boolean {
  return Object.keys(trafficRouting.plugins ?? {}).length > 0;
}

/** Whether the router needs a Service for each side (spec 1.2). */
function needsServices({ trafficRouting, pingPong }: CanaryStrategy): boolean {
  if (trafficRouting === undefined) return false;
  const { smi, apisix, ambassador, nginx, gatewayAPI, appMesh, traefik, alb, istio } = trafficRouting;
  if ([smi, apisix, ambassador, nginx, gatewayAPI, appMesh, traefik].some((router) => router !== undefined))
    return true;
  if (pingPong !== undefined) return false;
  return alb !== undefined || (istio !== undefined && istio.destinationRule === undefined);
}

function isSet(name: string | undefined): boolean {
  return name !== undefined && name !== '';
}
