/**
 * Canary Ingresses of ours that the spec does not lead through any more: the router was removed, the strategy
 * changed, or a stable Ingress was renamed. They still send requests to the canary Service, until they are emptied
 * and then deleted. Those that the spec leads through are the affair of `nginx.ts`.
 */
import { events } from '../../api/events.ts';
import { ANNOTATIONS, NGINX_CANARY_ANNOTATIONS as KEY } from '../../api/labels.ts';
import { productionService } from '../../api/named-services.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { Ingress } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import type { Write } from '../../kube/plan.ts';
import { apiVersionOf, INGRESSES } from '../../kube/resources.ts';
import { serviceShows } from '../rollout/endpoints.ts';
import { firstAfter } from '../rollout/next-look.ts';
import { stayingReplicasOf, templateHashOf } from '../rollout/replica-sets.ts';
import type { Situation } from '../rollout/situation.ts';
import { canaryIngressName, stableIngressNames } from './nginx-ingress.ts';
import { ownAnnotationKeys, settledAtOf } from './own-fields.ts';
import { propagationMs } from './propagation.ts';
import type { Leftovers } from './router.ts';

/** The largest weight among those that are left over, whatever their dialect: the spec may not name the prefix any more. */
export function weightLeftBehind(situation: Situation): number {
  return Math.max(0, ...leftoversOf(situation).map(canaryWeight));
}

/** First nothing is sent to the canary any more, and when every proxy has heard of it the object goes (ADR 8). */
export function nginxLeftovers(situation: Situation): Leftovers {
  const writes: Write[] = [];
  let settledAt: number | null = null;
  for (const one of leftoversOf(situation)) {
    if (!isEmptied(one)) {
      if (canaryWeight(one) > 0 && !stableCarriesAll(situation)) continue;
      writes.push(emptying(situation, one));
      settledAt = Math.max(settledAt ?? 0, situation.now + propagationMs(situation, one));
      continue;
    }
    const wait = firstAfter(situation.now, [settledAtOf(situation, one)]);
    if (wait === null) writes.push(deletion(situation, one));
    else settledAt = Math.max(settledAt ?? 0, wait);
  }
  return { writes, settledAt };
}

export function nginxLeftoversCarryRequests(situation: Situation): boolean {
  return leftoversOf(situation).some((one) => !isEmptied(one));
}

function leftoversOf({ world, rollout, name }: Situation): Ingress[] {
  const nginx = rollout.spec.strategy?.canary?.trafficRouting?.nginx;
  const wanted = new Set(
    (nginx === undefined ? [] : stableIngressNames(nginx)).map((one) => canaryIngressName(name, one)),
  );
  return [...world.ingresses.values()].filter(
    (one) => isControlledBy(one, rollout.metadata.uid) && !wanted.has(one.metadata.name),
  );
}

function canaryWeight(ingress: Ingress): number {
  const weights = Object.entries(ingress.metadata.annotations ?? {})
    .filter(([key]) => key.endsWith(`/${KEY.weight}`))
    .map(([, value]) => Number(value));
  return Math.max(0, ...weights.filter(Number.isInteger));
}

/** No weight, and no header or cookie that we have asked for. */
function isEmptied(ingress: Ingress): boolean {
  const leads = (key: string) => key.includes(`/${KEY.canary}-by-`);
  return canaryWeight(ingress) === 0 && !ownAnnotationKeys(ingress).some(leads);
}

function emptying(situation: Situation, one: Ingress): Write {
  const { name, resourceVersion, ownerReferences = [], annotations = {} } = one.metadata;
  const kept = Object.entries(annotations).flatMap(([key, value]): [string, string][] => {
    if (key.endsWith(`/${KEY.weight}`)) return [[key, '0']];
    return key === ANNOTATIONS.ingressClass || key.endsWith(`/${KEY.canary}`) ? [[key, value]] : [];
  });
  const body = {
    apiVersion: apiVersionOf(INGRESSES),
    kind: INGRESSES.kind,
    metadata: {
      name,
      namespace: situation.namespace,
      resourceVersion,
      annotations: Object.fromEntries(kept),
      ownerReferences,
    },
    spec: one.spec,
  };
  return {
    op: 'apply',
    resource: INGRESSES,
    namespace: situation.namespace,
    name,
    body: body as unknown as JsonObject,
    why: 'the Rollout does not route through this canary Ingress any more, and pods follow the requests',
    events: [events.canaryIngressUpdated(name, 0)],
  };
}

function deletion({ namespace }: Situation, { metadata }: Ingress): Write {
  return {
    op: 'delete',
    resource: INGRESSES,
    namespace,
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    why: 'the Rollout does not route through this canary Ingress any more',
  };
}

/** Requests return to the stable side only when it has the pods for all of them, and its Service reaches these and no others (spec 8.2, 2). */
function stableCarriesAll(situation: Situation): boolean {
  const { stable, replicas } = situation;
  if (stable === null || replicas === 0) return true;
  if (stayingReplicasOf(stable) < replicas) return false;
  const service = productionService(situation.rollout);
  if (service === '') return true;
  const view = serviceShows(situation, service, templateHashOf(stable));
  return view.selects && view.ready >= replicas && view.foreign === 0;
}
