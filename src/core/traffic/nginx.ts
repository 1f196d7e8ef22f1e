/**
 * Traffic through ingress-nginx and the controllers that read its canary annotations: one canary
 * Ingress for every stable one (spec 8.6, field/pains 5 to 23). How much traffic, and when, is decided
 * by the strategy.
 */
import { events } from '../../api/events.ts';
import type { NginxTrafficRouting } from '../../api/traffic-routing.ts';
import type { JsonObject } from '../../kube/json.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import type { Ingress, IngressRule } from '../../kube/objects.ts';
import { controllerOf, controllerReference, isControlledBy } from '../../kube/owners.ts';
import type { EventNote, Write } from '../../kube/plan.ts';
import { INGRESSES, ROLLOUTS } from '../../kube/resources.ts';
import { needsAttention, type BlockedOn } from '../rollout/blocked.ts';
import type { Hazard } from '../rollout/hazard.ts';
import type { Situation } from '../rollout/situation.ts';
import {
  annotationPrefix,
  canaryIngressBody,
  canaryIngressName,
  canaryRules,
  isCanaryRule,
  stableIngressNames,
  weightOf,
} from './nginx-ingress.ts';
import { nginxHazards } from './nginx-hazards.ts';
import { nginxLeftovers, nginxLeftoversCarryRequests, weightLeftBehind } from './nginx-leftovers.ts';
import { ownAnnotationKeys, settledAtOf } from './own-fields.ts';
import type { LeavesObjects, ObservedSplit, TrafficRouter, TrafficSplit } from './router.ts';

export const nginxRouter = {
  name: 'Nginx',
  routes: true,

  observe(situation: Situation): ObservedSplit {
    const nginx = nginxOf(situation);
    const weights = stableIngressNames(nginx).map((name) => {
      const canary = canaryIngress(situation, name);
      // What somebody else sends elsewhere is no traffic of this canary.
      return canary === undefined || !isOurs(situation, canary) ? 0 : weightOf(canary, annotationPrefix(nginx));
    });
    return { lowestWeight: Math.min(...weights), highestWeight: Math.max(...weights, weightLeftBehind(situation)) };
  },

  shows(situation: Situation, split: TrafficSplit): boolean {
    return nginxRouter.render(situation, split).length === 0;
  },

  settledAt(situation: Situation): number | null {
    const settled = stableIngressNames(nginxOf(situation)).flatMap((name) => {
      const canary = canaryIngress(situation, name);
      return canary === undefined ? [] : (settledAtOf(situation, canary) ?? []);
    });
    return settled.length === 0 ? null : Math.max(...settled);
  },

  blockedOn(situation: Situation): BlockedOn | null {
    return foreignCanary(situation);
  },

  hazards(situation: Situation): readonly Hazard[] {
    return nginxHazards(situation, nginxOf(situation));
  },

  render(situation: Situation, split: TrafficSplit): Write[] {
    const nginx = nginxOf(situation);
    const writes = stableIngressNames(nginx).flatMap((name) => {
      const stable = situation.world.ingresses.get(name);
      return stable === undefined ? [] : renderOne(situation, nginx, stable, split);
    });
    return tellingOfWeight(situation, nginx, split, writes);
  },

  leftovers: nginxLeftovers,
  leftoversCarryRequests: nginxLeftoversCarryRequests,
} as const satisfies TrafficRouter & LeavesObjects;

function nginxOf(situation: Situation): NginxTrafficRouting {
  return situation.rollout.spec.strategy?.canary?.trafficRouting?.nginx ?? {};
}

function canaryIngress(situation: Situation, stableName: string): Ingress | undefined {
  return situation.world.ingresses.get(canaryIngressName(situation.name, stableName));
}

function renderOne(situation: Situation, nginx: NginxTrafficRouting, stable: Ingress, split: TrafficSplit): Write[] {
  const prefix = annotationPrefix(nginx);
  const name = canaryIngressName(situation.name, stable.metadata.name);
  const body = canaryIngressBody(situation, nginx, stable, split);
  const target = { resource: INGRESSES, namespace: situation.namespace, name };
  const present = situation.world.ingresses.get(name);
  if (present === undefined) {
    const told = [events.canaryIngressCreated(name, split.weight)];
    return [{ op: 'apply', ...target, body, why: 'the stable Ingress needs a canary beside it', events: told }];
  }
  if (!isControlledBy(present, situation.rollout.metadata.uid)) {
    return isOurs(situation, present) ? [adoption(situation, present)] : [];
  }
  const annotations = annotationsOf(body);
  const own = ownAnnotationKeys(present);
  // An Ingress that another controller wrote is applied even where nothing changes: only what we have applied can go again.
  if (!says(present, body) || own.length === 0 || own.some((key) => annotations[key] === undefined)) {
    const told = [events.canaryIngressUpdated(name, split.weight)];
    return [
      {
        op: 'apply',
        ...target,
        body: withVersion(body, present.metadata.resourceVersion),
        why: 'the canary Ingress follows the position and its stable Ingress',
        events: told,
      },
    ];
  }
  const stray = Object.keys(present.metadata.annotations ?? {}).filter(
    (key) => isCanaryRule(key, prefix) && annotations[key] === undefined,
  );
  if (stray.length === 0) return [];
  return [
    {
      op: 'patch',
      ...target,
      patch: { metadata: { annotations: Object.fromEntries(stray.map((key) => [key, null])) } },
      resourceVersion: present.metadata.resourceVersion,
      why: 'canary rules that the Rollout does not ask for go, whoever wrote them',
    },
  ];
}

/**
 * An Ingress that was restored from a backup names a Rollout of our name that cannot exist any more.
 * An Ingress of any other owner is left alone, and `blockedOn` says so.
 */
function adoption(situation: Situation, present: Ingress): Write {
  const { name, uid } = situation.rollout.metadata;
  const ownerReferences = [controllerReference(ROLLOUTS, name, uid)];
  return {
    op: 'patch',
    resource: INGRESSES,
    namespace: situation.namespace,
    name: present.metadata.name,
    patch: { metadata: { ownerReferences: ownerReferences as unknown as JsonObject[] } },
    resourceVersion: present.metadata.resourceVersion,
    why: 'adopt a canary Ingress whose owner was a former Rollout of this name',
  };
}

function isOurs(situation: Situation, ingress: Ingress): boolean {
  const owner = controllerOf(ingress);
  return owner !== undefined && owner.kind === ROLLOUTS.kind && owner.name === situation.name;
}

/** The dialect knows one canary for a host and a path; a second one is ignored, and mostly silently. */
function foreignCanary(situation: Situation): BlockedOn | null {
  const nginx = nginxOf(situation);
  const prefix = annotationPrefix(nginx);
  const stableService = situation.rollout.spec.strategy?.canary?.stableService ?? '';
  for (const name of stableIngressNames(nginx)) {
    const ownName = canaryIngressName(situation.name, name);
    const named = situation.world.ingresses.get(ownName);
    if (named !== undefined && !isOurs(situation, named)) {
      return needsAttention(
        'CanaryIngressForeign',
        `Ingress ${situation.namespace}/${ownName} belongs to somebody else, delete or rename it to go on`,
      );
    }
    const stable = situation.world.ingresses.get(name);
    const taken = new Set(stable === undefined ? [] : routesOf(canaryRules(stable, stableService, '')));
    for (const other of situation.world.ingresses.values()) {
      if (other.metadata.name === ownName || isOurs(situation, other)) continue;
      if (other.metadata.annotations?.[`${prefix}/canary`] !== 'true') continue;
      const route = routesOf(other.spec?.rules ?? []).find((one) => taken.has(one));
      if (route !== undefined) {
        return needsAttention(
          'CanaryIngressForeign',
          `Ingress ${situation.namespace}/${other.metadata.name} is a canary for ${route} already, and only one can act; delete it to go on`,
        );
      }
    }
  }
  return null;
}

function routesOf(rules: readonly IngressRule[]): string[] {
  return rules.flatMap((rule) => (rule.http?.paths ?? []).map((path) => `${rule.host ?? '*'}${path.path ?? '/'}`));
}

/**
 * A new weight is one piece of news, however many Ingresses carry it; it is told with the last of them.
 * The former weight is what that Ingress itself says: the status may not have told of it yet.
 */
function tellingOfWeight(
  situation: Situation,
  nginx: NginxTrafficRouting,
  split: TrafficSplit,
  writes: readonly Write[],
): Write[] {
  const prefix = annotationPrefix(nginx);
  const formerOf = ({ name }: Write): number | null => {
    const present = situation.world.ingresses.get(name);
    return present === undefined ? null : weightOf(present, prefix);
  };
  const last = writes.findLastIndex((write) => write.op === 'apply' && formerOf(write) !== split.weight);
  return writes.map((write, index) =>
    index === last ? { ...write, events: [...(write.events ?? []), weightEvent(formerOf(write), split)] } : write,
  );
}

function weightEvent(former: number | null, split: TrafficSplit): EventNote {
  const stable = { weight: 0 };
  const before = former === null ? undefined : { canary: { weight: former }, stable };
  return events.weightUpdated(before, { canary: { weight: split.weight }, stable });
}

/** Whether the object says all that the body says. Annotations and labels of others are theirs. */
function says(present: Ingress, body: JsonObject): boolean {
  const wanted = Object.entries(annotationsOf(body));
  const spec = body['spec'] as Ingress['spec'];
  return (
    wanted.every(([key, value]) => present.metadata.annotations?.[key] === value) &&
    deepEqual(present.spec?.rules ?? [], spec?.rules ?? []) &&
    deepEqual(present.spec?.tls ?? [], spec?.tls ?? []) &&
    // A class that somebody else has added cannot be applied away, and nothing waits for that.
    (spec?.ingressClassName === undefined || present.spec?.ingressClassName === spec.ingressClassName)
  );
}

function annotationsOf(body: JsonObject): Readonly<Record<string, string>> {
  return (body['metadata'] as { annotations?: Record<string, string> }).annotations ?? {};
}

function withVersion(body: JsonObject, resourceVersion: string): JsonObject {
  return { ...body, metadata: { ...(body['metadata'] as JsonObject), resourceVersion } };
}
