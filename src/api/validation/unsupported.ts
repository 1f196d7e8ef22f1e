/**
 * What the API has but this version does not support. It is refused, never ignored: a canary that skips its
 * experiment would be worse than one that does not start.
 */
import type { CanaryStrategy } from '../schema/canary.ts';
import {
  errorsAmong,
  errorsOf,
  firstErrorOf,
  forbidden,
  invalidValue,
  type Check,
  type FieldError,
} from '../words/field-error.ts';
import { PROBLEMS } from '../words/problems.ts';
import { asksForGatewayApi, GATEWAY_API_PLUGIN } from '../schema/gateway-api.ts';
import type { Rollout } from '../schema/rollout.ts';
import type { CanaryStep } from '../schema/steps.ts';
import type { TrafficRouting } from '../schema/traffic-routing.ts';

const CANARY = 'spec.strategy.canary';
/** The routers that Serin does not have, each with the way out. */
const ROUTERS = {
  alb: 'lead through an HTTPRoute with gatewayAPI, the AWS Load Balancer Controller serves it',
  smi: 'SMI is archived; lead through an HTTPRoute with gatewayAPI, which service meshes serve today',
  ambassador: 'lead through an HTTPRoute with gatewayAPI, or through an Ingress with nginx',
  appMesh: 'AWS has ended App Mesh; lead through an HTTPRoute with gatewayAPI',
  apisix: 'lead through an HTTPRoute with gatewayAPI, the ingress controller of APISIX serves it',
} as const;
type OtherRouter = keyof typeof ROUTERS;
const NOT_SUPPORTED = 'is not supported by this version of Serin';

/** All proxies that read the canary annotations of nginx ignore totals of up to this. */
const LEAST_MAX_TRAFFIC_WEIGHT = 100;

const pingPong: Check<CanaryStrategy> = (canary) => refusedIfSet(canary.pingPong, `${CANARY}.pingPong`);

const otherRouter: Check<TrafficRouting> = (trafficRouting) =>
  firstErrorOf(Object.keys(ROUTERS) as OtherRouter[], (router) =>
    trafficRouting[router] === undefined
      ? null
      : forbidden(`${CANARY}.trafficRouting.${router}`, `${router} ${NOT_SUPPORTED}: ${ROUTERS[router]}`),
  );

const otherPlugin: Check<TrafficRouting> = ({ plugins = {} }) =>
  firstErrorOf(
    Object.keys(plugins).filter((name) => name !== GATEWAY_API_PLUGIN),
    (name) =>
      forbidden(
        `${CANARY}.trafficRouting.plugins[${name}]`,
        `plugin ${name} is not supported by this version of Serin, of plugins only ${GATEWAY_API_PLUGIN} is`,
      ),
  );

const smallMaxTrafficWeight: Check<TrafficRouting> = ({ maxTrafficWeight, nginx }) =>
  nginx !== undefined && maxTrafficWeight !== undefined && maxTrafficWeight < LEAST_MAX_TRAFFIC_WEIGHT
    ? invalidValue(
        `${CANARY}.trafficRouting.maxTrafficWeight`,
        maxTrafficWeight,
        `must be ${LEAST_MAX_TRAFFIC_WEIGHT} or more, because nginx ignores smaller totals`,
      )
    : null;

/** Of the routers that there are, only that of the Gateway API mirrors requests, and beside another only a part of them would be. */
function stepError({ setMirrorRoute, plugin }: CanaryStep, path: string, routing: TrafficRouting): FieldError | null {
  const { nginx, istio, traefik } = routing;
  const hasOther = [nginx, istio, traefik].some((router) => router !== undefined);
  if (setMirrorRoute !== undefined && (hasOther || !asksForGatewayApi(routing))) {
    return forbidden(`${path}.setMirrorRoute`, PROBLEMS.mirrorRouteOfOthers);
  }
  return refusedIfSet(plugin, `${path}.plugin`);
}

/** The unsupported fields of the Rollout, each found when it is asked for. */
export function* unsupportedErrors({ spec }: Rollout): Iterable<FieldError> {
  const { canary } = spec.strategy ?? {};
  if (canary === undefined) return;
  yield* errorsOf([pingPong], canary);
  if (canary.trafficRouting !== undefined) {
    yield* errorsOf([otherRouter, otherPlugin, smallMaxTrafficWeight], canary.trafficRouting);
  }
  yield* errorsAmong(canary.steps, (step, index) =>
    stepError(step, `${CANARY}.steps[${index}]`, canary.trafficRouting ?? {}),
  );
}

function refusedIfSet(value: unknown, path: string): FieldError | null {
  const field = path.slice(path.lastIndexOf('.') + 1);
  return value === undefined ? null : forbidden(path, `${field} ${NOT_SUPPORTED}`);
}
