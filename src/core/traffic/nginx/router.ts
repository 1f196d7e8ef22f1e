/**
 * Traffic through ingress-nginx and the controllers that read its canary annotations: one canary
 * Ingress for every stable one (spec 8.6, field/pains 5 to 23).
 */
import { events } from '../../../api/events.ts';
import type { NginxTrafficRouting } from '../../../api/schema/traffic-routing.ts';
import type { JsonObject } from '../../../kube/json.ts';
import { deepEqual } from '../../../kube/merge-patch.ts';
import type { Ingress, IngressRule } from '../../../kube/objects.ts';
import { isControlledBy } from '../../../kube/owners.ts';
import type { EventNote, Write } from '../../../kube/plan.ts';
import { needsAttention, type BlockedOn } from '../../acts/blocked.ts';
import type { Hazard } from '../../acts/hazard.ts';
import type { Situation } from '../../observed/situation.ts';
import {
  annotationPrefix,
  canaryIngressBody,
  canaryIngressName,
  canaryRules,
  ingressTarget,
  isCanaryRule,
  leadsByRule,
  nginxOf,
  stableIngressNames,
  weightOf,
} from './ingress.ts';
import { weightEvent } from '../weight-event.ts';
import { nginxHazards } from './hazards.ts';
import { nginxLeftovers, weightLeftBehind } from './leftovers.ts';
import { ingressesIn } from './observed.ts';
import { ownAnnotationKeys, settledAtOf } from './own-fields.ts';
import { adoption, isOurs } from './own-ingress.ts';
import { longestPropagationMs } from './propagation.ts';
import { ingressReferences, missingIngresses, unfitIngresses } from './references.ts';
import { nginxWatch } from './watch.ts';
import { writtenAnnotations } from './written.ts';
import type { ObservedSplit, ShownRoute, TrafficRouter, TrafficSplit } from '../router.ts';

export const nginxRouter = {
  name: 'Nginx',
  place: 'canary Ingress',
  routes: true,

  watch: nginxWatch,
  references: ingressReferences,
  missingReferences: missingIngresses,
  unfitReferences: unfitIngresses,
  unsupported: () => [],

  observe(situation: Situation): ObservedSplit {
    const nginx = nginxOf(situation.rollout);
    const weights = stableIngressNames(nginx).map((name) => {
      const canary = canaryIngress(situation, name);
      // Traffic of Ingresses that are not ours is no traffic of this canary.
      return canary === undefined || !isOurs(situation, canary) ? 0 : weightOf(canary, annotationPrefix(nginx));
    });
    return { lowestWeight: Math.min(...weights), highestWeight: Math.max(...weights, weightLeftBehind(situation)) };
  },

  leadsBesideWeight(situation: Situation): boolean {
    const nginx = nginxOf(situation.rollout);
    const prefix = annotationPrefix(nginx);
    return stableIngressNames(nginx).some((name) => {
      const canary = canaryIngress(situation, name);
      return canary !== undefined && isOurs(situation, canary) && leadsByRule(canary, prefix);
    });
  },

  propagationMs: longestPropagationMs,

  settledAt(situation: Situation): number | null {
    const settled = stableIngressNames(nginxOf(situation.rollout)).flatMap((name) => {
      const canary = canaryIngress(situation, name);
      return canary === undefined ? [] : (settledAtOf(situation, canary) ?? []);
    });
    return settled.length === 0 ? null : Math.max(...settled);
  },

  blockedOn(situation: Situation): BlockedOn | null {
    return foreignCanary(situation);
  },

  /** An Ingress says nothing about what its proxies have read: they are given time (`settledAt`). */
  unconfirmed: () => null,

  hazards(situation: Situation): readonly Hazard[] {
    return nginxHazards(situation, nginxOf(situation.rollout));
  },

  render(situation: Situation, split: TrafficSplit): Write[] {
    const nginx = nginxOf(situation.rollout);
    const writes = stableIngressNames(nginx).flatMap((name) => {
      const stable = ingressesIn(situation.world).get(name);
      return stable === undefined ? [] : renderOne(situation, nginx, stable, split);
    });
    return tellingOfWeight(situation, nginx, split, writes);
  },

  written: writtenAnnotations,

  shown(situation: Situation): readonly ShownRoute[] {
    return [...ingressesIn(situation.world).values()]
      .filter((one) => isControlledBy(one, situation.rollout.metadata.uid))
      .map(({ metadata }) => ({ name: metadata.name, says: metadata.annotations ?? {} }));
  },

  leftovers: nginxLeftovers,
} as const satisfies TrafficRouter;

function canaryIngress(situation: Situation, stableName: string): Ingress | undefined {
  return ingressesIn(situation.world).get(canaryIngressName(situation.name, stableName));
}

function renderOne(situation: Situation, nginx: NginxTrafficRouting, stable: Ingress, split: TrafficSplit): Write[] {
  const prefix = annotationPrefix(nginx);
  const name = canaryIngressName(situation.name, stable.metadata.name);
  const body = canaryIngressBody(situation, nginx, stable, split);
  const target = ingressTarget(situation, name);
  const present = ingressesIn(situation.world).get(name);
  if (present === undefined) {
    const told = [events.canaryIngressCreated(name, split.weight)];
    return [{ op: 'apply', ...target, body, why: 'the stable Ingress needs a canary Ingress', events: told }];
  }
  if (!isControlledBy(present, situation.rollout.metadata.uid)) {
    return isOurs(situation, present) ? [adoption(situation, present)] : [];
  }
  const annotations = annotationsOf(body);
  const own = ownAnnotationKeys(present);
  // What another controller wrote is applied even unchanged: only fields that we applied can be removed later.
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
      why: 'remove canary rules that the Rollout does not ask for',
    },
  ];
}

/** The dialect knows one canary for a host and a path; a second one is ignored, and mostly silently. */
function foreignCanary(situation: Situation): BlockedOn | null {
  const nginx = nginxOf(situation.rollout);
  const prefix = annotationPrefix(nginx);
  const stableService = situation.rollout.spec.strategy?.canary?.stableService ?? '';
  for (const name of stableIngressNames(nginx)) {
    const ownName = canaryIngressName(situation.name, name);
    const named = ingressesIn(situation.world).get(ownName);
    if (named !== undefined && !isOurs(situation, named)) {
      return needsAttention(
        'CanaryIngressForeign',
        `Ingress ${situation.namespace}/${ownName} belongs to another owner, delete or rename it to go on`,
      );
    }
    const stable = ingressesIn(situation.world).get(name);
    const taken = new Set(stable === undefined ? [] : routesOf(canaryRules(stable, stableService, '')));
    for (const other of ingressesIn(situation.world).values()) {
      if (other.metadata.name === ownName || isOurs(situation, other)) continue;
      if (other.metadata.annotations?.[`${prefix}/canary`] !== 'true') continue;
      const route = routesOf(other.spec?.rules ?? []).find((one) => taken.has(one));
      if (route !== undefined) {
        return needsAttention(
          'CanaryIngressForeign',
          `Ingress ${situation.namespace}/${other.metadata.name} is already a canary for ${route}, and a proxy uses only one; delete it to go on`,
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
 * A new weight is reported once, with the last of the Ingresses that carry it. The former weight is read from that
 * Ingress, because the status may not report it yet. That an Ingress changes for it says no more.
 */
function tellingOfWeight(
  situation: Situation,
  nginx: NginxTrafficRouting,
  split: TrafficSplit,
  writes: readonly Write[],
): Write[] {
  const prefix = annotationPrefix(nginx);
  const formerOf = ({ name }: Write): number | null => {
    const present = ingressesIn(situation.world).get(name);
    return present === undefined ? null : weightOf(present, prefix);
  };
  const last = writes.findLastIndex((write) => write.op === 'apply' && formerOf(write) !== split.weight);
  return writes.map((write, index) => {
    const former = formerOf(write);
    if (write.op !== 'apply' || former === split.weight) return write;
    const own = (write.events ?? []).map((note) => (former === null ? note : implied(note)));
    return { ...write, events: index === last ? [...own, weightEvent(former, split.weight)] : own };
  });
}

function implied(note: EventNote): EventNote {
  return { ...note, saidByAnother: true };
}

/** Whether the object contains all that the body contains. Annotations and labels of other writers are ignored. */
function says(present: Ingress, body: JsonObject): boolean {
  const wanted = Object.entries(annotationsOf(body));
  const spec = body['spec'] as Ingress['spec'];
  return (
    wanted.every(([key, value]) => present.metadata.annotations?.[key] === value) &&
    deepEqual(present.spec?.rules ?? [], spec?.rules ?? []) &&
    deepEqual(present.spec?.tls ?? [], spec?.tls ?? []) &&
    // A class that another writer has added cannot be removed by an apply, so it is not waited for.
    (spec?.ingressClassName === undefined || present.spec?.ingressClassName === spec.ingressClassName)
  );
}

function annotationsOf(body: JsonObject): Readonly<Record<string, string>> {
  return (body['metadata'] as { annotations?: Record<string, string> }).annotations ?? {};
}

function withVersion(body: JsonObject, resourceVersion: string): JsonObject {
  return { ...body, metadata: { ...(body['metadata'] as JsonObject), resourceVersion } };
}
