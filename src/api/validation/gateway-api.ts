/**
 * Rules of traffic through routes of the Gateway API, under both of its names. What the plugin of Argo Rollouts knows
 * beside our fields is refused here, apart from what has no meaning without the plugin.
 */
import {
  GATEWAY_API_PLUGIN,
  asksForGatewayApi,
  gatewayApiField,
  gatewayApiOf,
  namedRoutes,
  pluginShapeProblem,
  saysTheSame,
} from '../schema/gateway-api.ts';
import type { CanaryStrategy } from '../schema/canary.ts';
import type { Rollout } from '../schema/rollout.ts';
import type { CanaryStep, MirrorMatch } from '../schema/steps.ts';
import { HTTP_ROUTES } from '../../kube/resources.ts';
import {
  duplicateValue,
  errorsAmong,
  firstErrorOf,
  forbidden,
  invalidValue,
  requiredValue,
  type FieldError,
} from '../words/field-error.ts';
import { PROBLEMS } from '../words/problems.ts';

const CANARY = 'spec.strategy.canary';
const ROUTING = `${CANARY}.trafficRouting`;

/** The plugin's own bookkeeping: Serin needs neither its ConfigMap nor the label that it puts on a route, and never weighs a header route. */
const WITHOUT_MEANING: ReadonlySet<string> = new Set([
  'configMap',
  'disableInProgressLabel',
  'skipManagedRoutesOnSetWeight',
]);
const KNOWN: ReadonlySet<string> = new Set(['httpRoute', 'httpRoutes', 'grpcRoute', 'grpcRoutes', 'namespace']);
const KNOWN_OF_ROUTE: ReadonlySet<string> = new Set(['name', 'useHeaderRoutes']);

/** The largest weight of a backend in the Gateway API. */
const MOST_WEIGHT = 1_000_000;

/** The name of a rule, and of a header, in the Gateway API. */
const RULE_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
/** Room for the number that follows it where a route has several rules. */
const LONGEST_RULE_NAME = 250;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/;
const LONGEST_HEADER_VALUE = 4096;
const MOST_HEADERS = 16;
const LONGEST_PATH = 1024;
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
]);

export function* gatewayApiErrors({ metadata, spec }: Rollout): Iterable<FieldError> {
  const canary = spec.strategy?.canary;
  const routing = canary?.trafficRouting;
  if (canary === undefined || routing === undefined || !asksForGatewayApi(routing)) return;
  yield* nameErrors(routing);
  const configuration = gatewayApiOf(routing);
  if (configuration === null) return;
  const path = `${ROUTING}.${gatewayApiField(routing)}`;
  const routes = namedRoutes(configuration);
  if (routes.length === 0) yield requiredValue(path, PROBLEMS.gatewayRoutesMissing);
  yield* errorsAmong(routes, ({ name, field, resource }, index) => {
    if (name === '') return requiredValue(`${path}.${field}`, '');
    const isRepeated = routes.findIndex((one) => one.name === name && one.resource === resource) < index;
    return isRepeated ? duplicateValue(`${path}.${field}`, name) : null;
  });
  const { namespace } = configuration;
  if (namespace !== undefined && namespace !== metadata.namespace) {
    yield invalidValue(`${path}.namespace`, namespace, PROBLEMS.gatewayNamespace);
  }
  if (!isSet(canary.stableService) || !isSet(canary.canaryService)) {
    yield requiredValue(
      `${CANARY}.${isSet(canary.stableService) ? 'canaryService' : 'stableService'}`,
      PROBLEMS.trafficRoutingServicesMissing,
    );
  }
  if ((routing.maxTrafficWeight ?? 0) > MOST_WEIGHT) {
    yield invalidValue(`${ROUTING}.maxTrafficWeight`, routing.maxTrafficWeight, PROBLEMS.gatewayWeight);
  }
  const takesHeaderRoutes = routes.some((route) => route.takesHeaderRoutes);
  const takesMirrors = routes.some((route) => route.takesHeaderRoutes && route.resource === HTTP_ROUTES);
  const headerNames = new Set((canary.steps ?? []).map(({ setHeaderRoute }) => setHeaderRoute?.name));
  yield* errorsAmong(canary.steps, (step, index) => {
    const stepPath = `${CANARY}.steps[${index}]`;
    return stepError(step, stepPath, takesHeaderRoutes) ?? mirrorError(step, stepPath, takesMirrors, headerNames);
  });
}

/** Of the names under which it is asked for, and of what stands below them that is not ours. */
function* nameErrors({ gatewayAPI, plugins }: NonNullable<CanaryStrategy['trafficRouting']>): Iterable<FieldError> {
  const plugin = plugins?.[GATEWAY_API_PLUGIN];
  const path = `${ROUTING}.plugins[${GATEWAY_API_PLUGIN}]`;
  if (plugin !== undefined) {
    const problem = pluginShapeProblem(plugin);
    if (problem !== null) {
      yield invalidValue(path, plugin, problem);
      return;
    }
    yield* unknownFields(plugin, path, (key) => KNOWN.has(key) || WITHOUT_MEANING.has(key));
    for (const list of ['httpRoutes', 'grpcRoutes'] as const) {
      const routes = (plugin as Readonly<Record<string, readonly unknown[] | undefined>>)[list] ?? [];
      for (const [index, route] of routes.entries()) {
        yield* unknownFields(route, `${path}.${list}[${index}]`, (key) => KNOWN_OF_ROUTE.has(key));
      }
    }
  }
  if (plugin !== undefined && gatewayAPI !== undefined && !saysTheSame(gatewayAPI, plugin)) {
    yield invalidValue(`${ROUTING}.gatewayAPI`, gatewayAPI, PROBLEMS.gatewayNamesDiffer);
  }
}

function* unknownFields(object: unknown, path: string, isKnown: (key: string) => boolean): Iterable<FieldError> {
  const unknown = Object.keys(object as object).find((key) => !isKnown(key));
  if (unknown !== undefined) {
    yield forbidden(`${path}.${unknown}`, `${unknown} is not supported by this version of Serin`);
  }
}

function stepError({ setHeaderRoute, experiment }: CanaryStep, path: string, takes: boolean): FieldError | null {
  const weighted = (experiment?.templates ?? []).findIndex(({ weight }) => weight !== undefined);
  if (weighted !== -1) {
    return forbidden(`${path}.experiment.templates[${weighted}].weight`, PROBLEMS.gatewayExperimentWeight);
  }
  const { name = '', match = [] } = setHeaderRoute ?? {};
  if (match.length === 0) return null;
  const routePath = `${path}.setHeaderRoute`;
  if (!takes) return invalidValue(`${routePath}.name`, name, PROBLEMS.gatewayHeaderRoutesUnused);
  if (!RULE_NAME.test(name) || name.length > LONGEST_RULE_NAME) {
    return invalidValue(`${routePath}.name`, name, PROBLEMS.gatewayRuleName);
  }
  if (match.length > MOST_HEADERS) return invalidValue(`${routePath}.match`, match, PROBLEMS.gatewayHeaderCount);
  return firstErrorOf([...match.entries()], ([index, { headerName, headerValue }]) => {
    const isRepeated = match.slice(0, index).some((one) => sameHeader(one.headerName, headerName));
    const { exact = '', regex = '', prefix = '' } = headerValue ?? {};
    const length = exact.length + regex.length + prefix.length;
    if (isRepeated) return invalidValue(`${routePath}.match[${index}]`, headerName, PROBLEMS.gatewayHeaderRepeated);
    return HEADER_NAME.test(headerName) && length <= LONGEST_HEADER_VALUE
      ? null
      : invalidValue(`${routePath}.match[${index}]`, { headerName, headerValue }, PROBLEMS.gatewayHeader);
  });
}

function mirrorError(
  { setMirrorRoute }: CanaryStep,
  stepPath: string,
  takes: boolean,
  headerNames: ReadonlySet<string | undefined>,
): FieldError | null {
  if (setMirrorRoute === undefined) return null;
  const { name, match = [], percentage = 0 } = setMirrorRoute;
  const path = `${stepPath}.setMirrorRoute`;
  if (!takes) return invalidValue(`${path}.name`, name, PROBLEMS.gatewayMirrorRoutesUnused);
  if (headerNames.has(name)) return invalidValue(`${path}.name`, name, PROBLEMS.gatewayMirrorName);
  if (percentage > 100) return invalidValue(`${path}.percentage`, percentage, PROBLEMS.gatewayMirrorPercentage);
  if (match.length === 0) return null;
  if (!RULE_NAME.test(name) || name.length > LONGEST_RULE_NAME) {
    return invalidValue(`${path}.name`, name, PROBLEMS.gatewayRuleName);
  }
  return firstErrorOf([...match.entries()], ([index, one]) => mirrorMatchError(one, `${path}.match[${index}]`));
}

function mirrorMatchError({ method, path: ofPath, headers = {} }: MirrorMatch, path: string): FieldError | null {
  if (method !== undefined && !METHODS.has(method.exact ?? '')) {
    return invalidValue(`${path}.method`, method, PROBLEMS.gatewayMirrorMethod);
  }
  const { exact = '', prefix = '', regex = '' } = ofPath ?? { prefix: '/' };
  const value = exact || prefix;
  if ((regex === '' && !value.startsWith('/')) || value.length + regex.length > LONGEST_PATH) {
    return invalidValue(`${path}.path`, ofPath, PROBLEMS.gatewayMirrorPath);
  }
  if (Object.keys(headers).length > MOST_HEADERS) {
    return invalidValue(`${path}.headers`, headers, PROBLEMS.gatewayHeaderCount);
  }
  return firstErrorOf(Object.entries(headers), ([headerName, headerValue]) => {
    const values = Object.values(headerValue).filter((one) => one !== '');
    if (values.length !== 1) {
      return invalidValue(
        `${path}.headers[${headerName}]`,
        headerValue,
        values.length === 0 ? PROBLEMS.matchMissing : PROBLEMS.matchMultiple,
      );
    }
    return HEADER_NAME.test(headerName) && (values[0] ?? '').length <= LONGEST_HEADER_VALUE
      ? null
      : invalidValue(`${path}.headers[${headerName}]`, headerValue, PROBLEMS.gatewayHeader);
  });
}

/** Names of headers have no case. */
function sameHeader(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function isSet(name: string | undefined): boolean {
  return name !== undefined && name !== '';
}
