/**
 * Canary Ingresses of ours that the spec does not lead through any more: the router was removed, the strategy
 * changed, or a stable Ingress was renamed. They still send requests to the canary Service, until they are emptied
 * and then deleted.
 */
import { events } from '../../../api/events.ts';
import { ANNOTATIONS, NGINX_CANARY_ANNOTATIONS as KEY } from '../../../api/words/labels.ts';
import type { JsonObject } from '../../../kube/json.ts';
import type { Ingress } from '../../../kube/objects.ts';
import { isControlledBy } from '../../../kube/owners.ts';
import type { Write } from '../../../kube/plan.ts';
import { apiVersionOf, INGRESSES } from '../../../kube/resources.ts';
import { firstAfter } from '../../acts/next-look.ts';
import type { Situation } from '../../observed/situation.ts';
import { ingressTarget } from './ingress.ts';
import { ingressesIn } from './observed.ts';
import { ownAnnotationKeys, settledAtOf } from './own-fields.ts';
import { adoption, isLeftOver } from './own-ingress.ts';
import { propagationMs } from './propagation.ts';
import type { Leftover } from '../router.ts';

/** The largest weight among those that are left over, whatever their dialect: the spec may not name the prefix any more. */
export function weightLeftBehind(situation: Situation): number {
  return Math.max(0, ...leftIngresses(situation).map(canaryWeight));
}

export function nginxLeftovers(situation: Situation): readonly Leftover[] {
  return leftIngresses(situation).map((one) => leftoverOf(situation, one));
}

/** First it stops sending requests to the canary; when every proxy has heard of that it is deleted (ADR 8). */
function leftoverOf(situation: Situation, one: Ingress): Leftover {
  const leadsRequests = !isEmptied(one);
  if (!isControlledBy(one, situation.rollout.metadata.uid)) {
    const write = adoption(situation, one);
    return { write, returnsRequests: false, leadsRequests, weight: canaryWeight(one), settledAt: null };
  }
  if (leadsRequests) {
    return {
      write: emptying(situation, one),
      returnsRequests: canaryWeight(one) > 0,
      leadsRequests,
      weight: canaryWeight(one),
      settledAt: situation.now + propagationMs(situation, one),
    };
  }
  const settledAt = firstAfter(situation.now, [settledAtOf(situation, one)]);
  const write = settledAt === null ? deletion(situation, one) : null;
  return { write, returnsRequests: false, leadsRequests, weight: 0, settledAt };
}

function leftIngresses(situation: Situation): Ingress[] {
  return [...ingressesIn(situation.world).values()].filter((one) => isLeftOver(situation, one));
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
    ...ingressTarget(situation, name),
    body: body as unknown as JsonObject,
    why: 'the Rollout does not route through this canary Ingress any more: it gets no more requests',
    events: [events.canaryIngressUpdated(name, 0)],
  };
}

function deletion(situation: Situation, { metadata }: Ingress): Write {
  return {
    op: 'delete',
    ...ingressTarget(situation, metadata.name),
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    why: 'the Rollout does not route through this canary Ingress any more',
  };
}
