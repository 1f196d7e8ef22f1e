/**
 * Histories in which everything takes its typical time and nobody draws lots: a Rollout `web` of five
 * replicas, of which a test says how it is released and what its user does.
 */
import type { JsonObject } from '../../src/kube/json.ts';
import type { Fault } from './controller/faults.ts';
import { History } from './history.ts';
import { Random } from './random.ts';
import {
  CANARY_SERVICE,
  nginxRouting,
  ROLLOUT_NAME,
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

interface CalmOptions {
  readonly told?: boolean;
  /** What goes wrong with the next write of the controller. */
  readonly drawFault?: () => Fault;
}

/** A history that has come to rest after its first deploy. */
export function calmHistory(canary: JsonObject, options: CalmOptions = {}): History {
  const spec: JsonObject = {
    replicas: 5,
    selector: { matchLabels: { app: ROLLOUT_NAME } },
    template: templateOf('web:1'),
    strategy: { canary },
  };
  const history = new History({
    random: new Random(1),
    temperament: CALM,
    scenario: { spec, services: [STABLE_SERVICE, CANARY_SERVICE], ingresses: STABLE_INGRESSES.slice(0, 1) },
    ...options,
  });
  history.tell('user', 'applies the Rollout');
  history.runToRest();
  return history;
}
