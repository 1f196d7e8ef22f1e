/** The Rollout that most scenarios release: pods of the colours demo behind nginx, with three stops on the way. */
import { routedRollout, routing, type RolloutManifest } from '../apiserver/manifests.ts';
import type { Scene } from '../apiserver/scene.ts';
import type { CanaryStrategy } from '../../src/api/canary.ts';
import type { NginxTrafficRouting, TrafficRouting } from '../../src/api/traffic-routing.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { Traffic } from './traffic.ts';

const COLOURS = ['blue', 'green', 'orange', 'purple', 'yellow', 'red'] as const;

/** Where a release stops: the step index and the weight that is in force there. */
export const STOPS = [
  { index: 1, weight: 20 },
  { index: 3, weight: 50 },
  { index: 5, weight: 100 },
] as const;

const STEPS = STOPS.flatMap(({ weight }) => [{ setWeight: weight }, { pause: {} }]);

/** Serves for 10 s after SIGTERM, so that a proxy has time to hear of it. */
const POLITE = 'argoproj/rollouts-demo';

export interface Kind {
  /** Image without its tag; the colours demo by default. */
  readonly repository?: string;
  readonly replicas?: number;
  readonly canary?: CanaryStrategy;
  /** Instead of the three stops. */
  readonly steps?: NonNullable<CanaryStrategy['steps']>;
  readonly nginx?: NginxTrafficRouting;
  readonly managedRoutes?: TrafficRouting['managedRoutes'];
  readonly container?: JsonObject;
}

/** Colours in turn: no revision comes back while pods of it may be left. */
export function colour(round: number): string {
  return COLOURS[round % COLOURS.length] ?? '';
}

export function imageOf(version: string, { repository = POLITE }: Kind = {}): string {
  return `${repository}:${version}`;
}

export function rolloutOf(traffic: Traffic, version: string, kind: Kind = {}): RolloutManifest {
  const {
    replicas = 4,
    canary,
    container,
    steps = STEPS,
    nginx = { stableIngress: traffic.name },
    managedRoutes,
  } = kind;
  return routedRollout({
    name: traffic.name,
    replicas,
    image: imageOf(version, kind),
    canary: { steps, trafficRouting: { nginx, ...(managedRoutes === undefined ? {} : { managedRoutes }) }, ...canary },
    ...(container === undefined ? {} : { container }),
  });
}

/** The Rollout is Healthy with its first version. */
export async function deploy(traffic: Traffic, version: string, kind: Kind = {}): Promise<void> {
  await traffic.session.apply(...routing(traffic.name), rolloutOf(traffic, version, kind));
  await until(traffic, { phase: 'Healthy', weight: 0 });
}

export function until(traffic: Traffic, wanted: Partial<Scene>): Promise<Scene> {
  return traffic.session.until(traffic.name, wanted);
}

/** The next version is on its way and has come to this stop. */
export async function releaseTo(
  traffic: Traffic,
  version: string,
  stop: Partial<Scene>,
  kind: Kind = {},
): Promise<void> {
  await traffic.session.apply(rolloutOf(traffic, version, kind));
  await until(traffic, { phase: 'Paused', canaryImage: imageOf(version, kind), ...stop });
}
