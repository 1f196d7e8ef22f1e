/**
 * Histories without chance, in which everything takes its typical time: a Rollout `web` of five replicas. A test says how
 * it is released and what its user does.
 */
import type { JsonObject } from '../../src/kube/json.ts';
import type { Fault } from './controller/faults.ts';
import type { Decide } from './controller/process.ts';
import { History } from './history.ts';
import { Random } from './random.ts';
import { TEMPLATES } from './scenario/analysis-spec.ts';
import {
  ACTIVE_SERVICE,
  CANARY_SERVICE,
  nginxRouting,
  PREVIEW_SERVICE,
  ROLLOUT_NAME,
  servicesOf,
  STABLE_INGRESSES,
  STABLE_SERVICE,
  templateOf,
} from './scenario/rollout-spec.ts';
import { CALM } from './scenario/temperament.ts';

/** A release through the generated canary Ingress of one stable Ingress. */
export const THROUGH_NGINX = {
  stableService: STABLE_SERVICE,
  canaryService: CANARY_SERVICE,
  trafficRouting: { nginx: nginxRouting(STABLE_INGRESSES.slice(0, 1)), managedRoutes: [{ name: 'preview' }] },
} as const satisfies JsonObject;

/** Two whole stacks, and a person who decides. */
export const BLUE_GREEN = {
  activeService: ACTIVE_SERVICE,
  previewService: PREVIEW_SERVICE,
  autoPromotionEnabled: false,
} as const satisfies JsonObject;

interface CalmOptions {
  readonly told?: boolean;
  /** What goes wrong with the next write of the controller. */
  readonly drawFault?: () => Fault;
  /** See History; true when absent. */
  readonly decidesTwice?: boolean;
  /** 5 when absent. */
  readonly replicas?: number;
  /** The core; a test may listen to it. */
  readonly decide?: Decide;
}

/** A history that has come to rest after its first deploy. */
export async function calmHistory(
  strategy: JsonObject,
  { replicas = 5, ...options }: CalmOptions = {},
): Promise<History> {
  const spec: JsonObject = {
    replicas,
    selector: { matchLabels: { app: ROLLOUT_NAME } },
    template: templateOf('web:1'),
    strategy,
  };
  const history = new History({
    random: new Random(1),
    temperament: CALM,
    scenario: { spec, services: servicesOf(strategy), ingresses: STABLE_INGRESSES.slice(0, 1), templates: TEMPLATES },
    ...options,
  });
  history.tell('user', 'applies the Rollout');
  await history.runToRest();
  return history;
}
