/**
 * The rules of a canary that the API server checks when a Rollout is applied, in CEL: the same as in
 * validation/canary.ts and validation/steps.ts. They hold for the whole API. What this version does not support
 * is refused later, in a condition.
 */
import { DEFAULTS } from '../words/defaults.ts';
import type { CelRule } from './fields.ts';
import { PROBLEMS, setWeightProblem } from '../words/problems.ts';

const ROUTER = 'self.trafficRouting';
const HAS_MAX_TRAFFIC_WEIGHT = `(has(${ROUTER}) && has(${ROUTER}.maxTrafficWeight))`;
const HAS_SERVICES =
  "has(self.stableService) && self.stableService != '' && has(self.canaryService) && self.canaryService != ''";
const NEEDS_SERVICES = [
  ...['smi', 'apisix', 'ambassador', 'nginx', 'gatewayAPI', 'appMesh', 'traefik'].map(
    (router) => `has(${ROUTER}.${router})`,
  ),
  `has(${ROUTER}.alb) && !has(self.pingPong)`,
  `has(${ROUTER}.istio) && !has(self.pingPong) && !has(${ROUTER}.istio.destinationRule)`,
].join(' || ');
const SCALES_STABLE = '(has(self.dynamicStableScale) && self.dynamicStableScale)';

/** True when `condition` holds for every step, named `step` in it. */
function everyStep(condition: string): string {
  return `(!has(self.steps) || self.steps.all(step, ${condition}))`;
}

/** True when one of the routers, or any plugin, splits the traffic. */
function hasRouterOf(...routers: readonly string[]): string {
  const present = [...routers, 'plugins'].map((router) => `has(router.${router})`);
  return `(has(${ROUTER}) && [${ROUTER}].exists(router, ${present.join(' || ')}))`;
}

/** A literal zero, in any spelling. */
function isZero(field: string): string {
  return `has(${field}) && (${field} == 0 || ${field} == '0' || ${field} == '0%')`;
}

/** True if the step has no route, or a managed one. */
function routeIsManaged(verb: string): string {
  return (
    `!has(step.${verb}) || !has(${ROUTER}) || !has(${ROUTER}.managedRoutes) || ` +
    `${ROUTER}.managedRoutes.exists(route, has(step.${verb}.name) && route.name == step.${verb}.name)`
  );
}

/** What is cheap and mostly decides comes first in each: see `withRules`. */
export const CANARY_RULES: readonly CelRule[] = [
  {
    rule: `!(${isZero('self.maxSurge')} && ${isZero('self.maxUnavailable')})`,
    message: PROBLEMS.surgeAndUnavailableZero,
  },
  {
    rule:
      '!has(self.stableService) || !has(self.canaryService) || ' +
      "self.stableService != self.canaryService || self.stableService == ''",
    message: PROBLEMS.sameStableAndCanaryService,
  },
  {
    rule: `!has(self.pingPong) || !has(${ROUTER}) || ${hasRouterOf('alb', 'istio')}`,
    message: PROBLEMS.pingPongRouter,
  },
  {
    rule:
      `!has(self.pingPong) || !has(${ROUTER}) || !has(${ROUTER}.alb) || ` +
      `(has(${ROUTER}.alb.rootService) && ${ROUTER}.alb.rootService != '')`,
    message: PROBLEMS.rootServiceMissing,
  },
  {
    rule: `!has(${ROUTER}) || (${HAS_SERVICES}) || !(${NEEDS_SERVICES})`,
    message: PROBLEMS.trafficRoutingServicesMissing,
  },
  { rule: `!has(self.scaleDownDelaySeconds) || has(${ROUTER})`, message: PROBLEMS.scaleDownDelayWithoutRouter },
  { rule: `!${SCALES_STABLE} || has(${ROUTER})`, message: PROBLEMS.dynamicStableScaleWithoutRouter },
  { rule: `!${SCALES_STABLE} || !has(self.scaleDownDelaySeconds)`, message: PROBLEMS.dynamicStableScaleWithDelay },
  {
    rule: `!${HAS_MAX_TRAFFIC_WEIGHT} || ${hasRouterOf('nginx', 'gatewayAPI')}`,
    message: PROBLEMS.maxTrafficWeightRouter,
  },
  {
    rule: `${everyStep(`!has(step.setWeight) || step.setWeight <= ${DEFAULTS.maxTrafficWeight}`)} || ${HAS_MAX_TRAFFIC_WEIGHT}`,
    message: setWeightProblem(DEFAULTS.maxTrafficWeight),
  },
  {
    rule: `!${HAS_MAX_TRAFFIC_WEIGHT} || ${everyStep(`!has(step.setWeight) || step.setWeight <= ${ROUTER}.maxTrafficWeight`)}`,
    message: setWeightProblem('maxTrafficWeight'),
  },
  { rule: `has(${ROUTER}) || ${everyStep('!has(step.setCanaryScale)')}`, message: PROBLEMS.canaryScaleWithoutRouter },
  {
    rule: `${everyStep('!has(step.setHeaderRoute)')} || ${hasRouterOf('istio', 'alb', 'apisix', 'nginx', 'gatewayAPI')}`,
    message: PROBLEMS.headerRouteRouter,
  },
  {
    rule: `${everyStep('!has(step.setMirrorRoute)')} || ${hasRouterOf('istio', 'gatewayAPI')}`,
    message: PROBLEMS.mirrorRouteRouter,
  },
  {
    rule:
      `!has(${ROUTER}) || ` +
      `${everyStep('!has(step.setHeaderRoute) && !has(step.setMirrorRoute)')} || has(${ROUTER}.managedRoutes)`,
    message: PROBLEMS.managedRoutesMissing,
  },
  { rule: everyStep(routeIsManaged('setHeaderRoute')), message: PROBLEMS.routeUnmanaged },
  { rule: everyStep(routeIsManaged('setMirrorRoute')), message: PROBLEMS.routeUnmanaged },
  {
    rule:
      everyStep('!has(step.experiment) || step.experiment.templates.all(template, !has(template.weight))') +
      ` || ${hasRouterOf('smi', 'alb', 'istio')}`,
    message: PROBLEMS.experimentWeightRouter,
  },
];
