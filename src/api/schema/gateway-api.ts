/**
 * Traffic through routes of the Gateway API, under our own name for it and under that of the plugin of Argo Rollouts,
 * whose configuration is read as people have written it.
 */
import { z } from 'zod';
import { GRPC_ROUTES, HTTP_ROUTES } from '../../kube/resources.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import { flag, optional, text } from './fields.ts';
import type { Immutable } from './immutable.ts';

/** Its key in `trafficRouting.plugins`. */
export const GATEWAY_API_PLUGIN = 'argoproj-labs/gatewayAPI';

const namedRoute = z.object({
  name: text.describe('Name of the route.'),
  useHeaderRoutes: optional(flag, 'Whether the header routes of steps are added to it; false when absent.'),
});

export const gatewayAPI = z.object({
  httpRoute: optional(text, 'HTTPRoute whose traffic is split, header routes included.'),
  httpRoutes: optional(z.array(namedRoute), 'HTTPRoutes whose traffic is split.'),
  grpcRoute: optional(text, 'GRPCRoute whose traffic is split, header routes included.'),
  grpcRoutes: optional(z.array(namedRoute), 'GRPCRoutes whose traffic is split.'),
  namespace: optional(text, 'Namespace of the routes: that of the Rollout, which it is when absent.'),
});
export type GatewayApiRouting = Immutable<z.infer<typeof gatewayAPI>>;

/** The fields of both names. Whatever else the plugin knows is dealt with in validation/gateway-api.ts. */
const pluginFields = z.looseObject(gatewayAPI.shape);

/** A route that a Rollout divides. */
export interface NamedRoute {
  readonly resource: typeof HTTP_ROUTES | typeof GRPC_ROUTES;
  readonly name: string;
  /** Whether header routes are added to it. */
  readonly takesHeaderRoutes: boolean;
  /** Where the spec names it, below the configuration: `httpRoutes[1].name`. */
  readonly field: string;
}

interface Configured {
  readonly gatewayAPI?: unknown;
  readonly plugins?: Readonly<Record<string, unknown>>;
}

/** Where the configuration stands, below `trafficRouting`. */
export function gatewayApiField({ gatewayAPI: own }: Configured): string {
  return own === undefined ? `plugins[${GATEWAY_API_PLUGIN}]` : 'gatewayAPI';
}

/** Whether it is asked for under either name. */
export function asksForGatewayApi(routing: Configured | undefined): boolean {
  return routing?.gatewayAPI !== undefined || routing?.plugins?.[GATEWAY_API_PLUGIN] !== undefined;
}

/** What is asked for; `null` when that is nothing, or cannot be read. */
export function gatewayApiOf(routing: Configured | undefined): GatewayApiRouting | null {
  if (routing === undefined || !asksForGatewayApi(routing)) return null;
  const parsed = pluginFields.safeParse(routing.gatewayAPI ?? routing.plugins?.[GATEWAY_API_PLUGIN]);
  return parsed.success ? parsed.data : null;
}

/** What is wrong with the shape of the plugin's configuration, as a sentence; `null` when it can be read. */
export function pluginShapeProblem(configuration: unknown): string | null {
  const parsed = pluginFields.safeParse(configuration);
  if (parsed.success) return null;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}

/** Whether the two names say the same. */
export function saysTheSame(own: unknown, plugin: unknown): boolean {
  return deepEqual(namedRoutes(gatewayApiOf({ gatewayAPI: own })), namedRoutes(gatewayApiOf({ gatewayAPI: plugin })));
}

/** The routes in the order in which they are named. */
export function namedRoutes(routing: GatewayApiRouting | null): readonly NamedRoute[] {
  if (routing === null) return [];
  const { httpRoute, httpRoutes, grpcRoute, grpcRoutes } = routing;
  return [
    ...single(HTTP_ROUTES, httpRoute, 'httpRoute'),
    ...several(HTTP_ROUTES, httpRoutes, 'httpRoutes'),
    ...single(GRPC_ROUTES, grpcRoute, 'grpcRoute'),
    ...several(GRPC_ROUTES, grpcRoutes, 'grpcRoutes'),
  ];
}

/** As with the plugin, a route by itself takes header routes without being asked to. */
function single(resource: NamedRoute['resource'], name: string | undefined, field: string): readonly NamedRoute[] {
  return name === undefined ? [] : [{ resource, name, takesHeaderRoutes: true, field }];
}

function several(
  resource: NamedRoute['resource'],
  routes: GatewayApiRouting['httpRoutes'],
  field: string,
): readonly NamedRoute[] {
  return (routes ?? []).map(({ name, useHeaderRoutes = false }, index) => ({
    resource,
    name,
    takesHeaderRoutes: useHeaderRoutes,
    field: `${field}[${index}].name`,
  }));
}
