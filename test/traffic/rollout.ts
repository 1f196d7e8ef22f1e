/** The Rollout that most scenarios release: pods behind the proxy, with four stops on the way. How it goes is in `walk.ts`. */
import { routedRollout, type RolloutManifest } from '../apiserver/manifests.ts';
import { shows, type Scene } from '../apiserver/scene.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { NginxTrafficRouting, TrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import { autoscale } from './autoscaler.ts';
import type { Traffic } from './traffic.ts';

/** More than are used within the delays after which pods of former revisions go. */
const COLOURS = ['blue', 'green', 'orange', 'purple', 'yellow', 'red', 'pink', 'brown', 'gold', 'teal'] as const;

/** Where a release stops: the step index and the weight that is in force there. */
export const STOPS = [
  { index: 1, weight: 20 },
  { index: 3, weight: 50 },
  { index: 5, weight: 70 },
  { index: 7, weight: 100 },
] as const;

const STEPS = STOPS.flatMap(({ weight }) => [{ setWeight: weight }, { pause: {} }]);
const REPLICAS = 4;

/** Serves for 10 s after SIGTERM, so that a proxy has time to hear of it. */
const POLITE = 'argoproj/rollouts-demo';

export interface Kind {
  /** Image without its tag; the colours demo by default. */
  readonly repository?: string;
  /** 4 by default. */
  readonly replicas?: number;
  /** The manifest leaves the replicas to a HorizontalPodAutoscaler. */
  readonly autoscaled?: boolean;
  readonly canary?: CanaryStrategy;
  /** Instead of those of {@link STOPS}. */
  readonly steps?: NonNullable<CanaryStrategy['steps']>;
  /** Instead of the way in that the proxy reads. */
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
  const { replicas = REPLICAS, autoscaled = false, canary, container, steps = STEPS, nginx, managedRoutes } = kind;
  const router = nginx === undefined ? traffic.wayIn.trafficRouting(traffic.name) : { nginx };
  const manifest = routedRollout({
    name: traffic.name,
    replicas,
    image: imageOf(version, kind),
    canary: {
      steps,
      trafficRouting: { ...router, ...(managedRoutes === undefined ? {} : { managedRoutes }) },
      ...canary,
    },
    ...(container === undefined ? {} : { container }),
  });
  if (!autoscaled) return manifest;
  const { replicas: _replicas, ...spec } = manifest.spec;
  return { ...manifest, spec };
}

/** The Rollout is Healthy with its first version. */
export async function deploy(traffic: Traffic, version: string, kind: Kind = {}): Promise<void> {
  await traffic.session.apply(...traffic.routing, rolloutOf(traffic, version, kind));
  if (kind.autoscaled === true) await autoscale(traffic, REPLICAS);
  await until(traffic, { phase: 'Healthy', weight: 0, available: kind.replicas ?? REPLICAS });
}

export function until(traffic: Traffic, wanted: Partial<Scene>): Promise<Scene> {
  return traffic.seen(`Rollout ${traffic.name} to show ${JSON.stringify(wanted)}`, (scene) => shows(scene, wanted));
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
