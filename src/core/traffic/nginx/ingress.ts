/**
 * The canary Ingress that belongs to one stable Ingress: its name, and what it must say for a split
 * (spec 8.6).
 */
import { ANNOTATIONS, NGINX_ANNOTATION_PREFIX, NGINX_CANARY_ANNOTATIONS as KEY } from '../../../api/words/labels.ts';
import type { RefusalReason } from '../../../api/words/reasons.ts';
import type { Rollout } from '../../../api/schema/rollout.ts';
import type { HeaderRouteMatch } from '../../../api/schema/steps.ts';
import type { NginxTrafficRouting } from '../../../api/schema/traffic-routing.ts';
import type { JsonObject } from '../../../kube/json.ts';
import type { Ingress, IngressPath, IngressRule } from '../../../kube/objects.ts';
import { onceFor } from '../../../kube/once-for.ts';
import { controllerReference } from '../../../kube/owners.ts';
import { apiVersionOf, INGRESSES, ROLLOUTS } from '../../../kube/resources.ts';
import type { Situation } from '../../observed/situation.ts';
import { ingressesIn } from './observed.ts';
import type { TrafficSplit } from '../router.ts';

/** Object names end at 253 characters; `-canary` takes seven of them. */
const LONGEST_STEM = 246;

/** Empty for a Rollout with another router or none. */
export function nginxOf({ spec }: Rollout): NginxTrafficRouting {
  return spec.strategy?.canary?.trafficRouting?.nginx ?? {};
}

export function stableIngressNames(nginx: NginxTrafficRouting): readonly string[] {
  const { stableIngress = '', stableIngresses = [] } = nginx;
  return stableIngress === '' ? stableIngresses : [stableIngress];
}

export function canaryIngressName(rolloutName: string, stableIngress: string): string {
  return `${`${rolloutName}-${stableIngress}`.slice(0, LONGEST_STEM)}-canary`;
}

/** The stable Ingress in such a name; `null` when this Rollout gives no such name. A name that was cut has lost its end. */
export function stableNameIn(rolloutName: string, canaryName: string): string | null {
  const [start, end] = [`${rolloutName}-`, '-canary'];
  const isOne =
    canaryName.startsWith(start) && canaryName.endsWith(end) && canaryName.length > start.length + end.length;
  return isOne ? canaryName.slice(start.length, -end.length) : null;
}

export function annotationPrefix(nginx: NginxTrafficRouting): string {
  return nginx.annotationPrefix === undefined || nginx.annotationPrefix === ''
    ? NGINX_ANNOTATION_PREFIX
    : nginx.annotationPrefix;
}

/** Where a write to an Ingress goes, and how its refusal is reported. */
export function ingressTarget({ namespace }: Situation, name: string) {
  return { resource: INGRESSES, namespace, name, refusedAs: 'TrafficRoutingError' satisfies RefusalReason } as const;
}

/** The weight that a canary Ingress carries; a canary that says none gets no share of the requests. */
export function weightOf(ingress: Ingress, prefix: string): number {
  const weight = Number(ingress.metadata.annotations?.[`${prefix}/${KEY.weight}`] ?? 0);
  return Number.isInteger(weight) ? weight : 0;
}

/** Whether a canary Ingress names a header or a cookie by which requests get to the canary. */
export function leadsByRule({ metadata }: Ingress, prefix: string): boolean {
  return [KEY.byHeader, KEY.byCookie].some((key) => (metadata.annotations?.[`${prefix}/${key}`] ?? '') !== '');
}

/** The canary Ingress as we apply it, with exactly the fields that are ours. */
export function canaryIngressBody(
  situation: Situation,
  nginx: NginxTrafficRouting,
  stable: Ingress,
  split: TrafficSplit,
): JsonObject {
  const { rollout, namespace, name } = situation;
  const canary = rollout.spec.strategy?.canary;
  const present = ingressesIn(situation.world).get(canaryIngressName(name, stable.metadata.name));
  const spec = {
    ...(stable.spec?.ingressClassName === undefined ? {} : { ingressClassName: stable.spec.ingressClassName }),
    // An empty list removes rules of other writers; leaving it out would not.
    ...(stable.spec?.tls === undefined && present?.spec?.tls === undefined ? {} : { tls: stable.spec?.tls ?? [] }),
    rules: canaryRules(stable, canary?.stableService ?? '', canary?.canaryService ?? ''),
  };
  const body = {
    apiVersion: apiVersionOf(INGRESSES),
    kind: INGRESSES.kind,
    metadata: {
      name: canaryIngressName(name, stable.metadata.name),
      namespace,
      annotations: canaryAnnotations(nginx, canary?.trafficRouting?.maxTrafficWeight, stable, split),
      ownerReferences: [controllerReference(ROLLOUTS, name, rollout.metadata.uid)],
    },
    spec,
  };
  return body as unknown as JsonObject;
}

/**
 * The rules of the stable Ingress reduced to the paths that lead to the stable Service, now leading to
 * the canary Service. Left out are paths of other Services, rules without http, and backends that are
 * not a Service.
 */
export function canaryRules(stable: Ingress, stableService: string, canaryService: string): readonly IngressRule[] {
  const known = rendered(stable);
  const key = `${stableService} ${canaryService}`;
  const rules = known.get(key) ?? renderedRules(stable, stableService, canaryService);
  known.set(key, rules);
  return rules;
}

/** By the two Services: they are rendered several times in a look, and hardly ever change. */
const rendered = onceFor((_stable: Ingress) => new Map<string, readonly IngressRule[]>());

function renderedRules(stable: Ingress, stableService: string, canaryService: string): readonly IngressRule[] {
  return (stable.spec?.rules ?? []).flatMap((rule) => {
    const paths = (rule.http?.paths ?? []).filter((path) => path.backend.service?.name === stableService);
    return paths.length === 0
      ? []
      : [{ ...rule, http: { paths: paths.map((path) => leadingTo(path, canaryService)) } }];
  });
}

function leadingTo(path: IngressPath, service: string): IngressPath {
  return { ...path, backend: { service: { ...path.backend.service, name: service } } };
}

/** Every annotation that the Rollout asks of the canary Ingress; the three that make it a canary win over what the user adds (spec 8.6). */
function canaryAnnotations(
  nginx: NginxTrafficRouting,
  maxTrafficWeight: number | undefined,
  stable: Ingress,
  split: TrafficSplit,
): Record<string, string> {
  const prefix = annotationPrefix(nginx);
  const className = stable.metadata.annotations?.[ANNOTATIONS.ingressClass];
  const lent: Record<string, string> = {
    ...(className === undefined ? {} : { [ANNOTATIONS.ingressClass]: className }),
    ...lentAnnotations(nginx),
  };
  const match = split.headerRoutes.at(-1)?.matches[0];
  return {
    ...(match === undefined ? lent : withHeaderMatch(lent, prefix, match)),
    [`${prefix}/${KEY.canary}`]: 'true',
    [`${prefix}/${KEY.weight}`]: String(split.weight),
    ...(maxTrafficWeight === undefined ? {} : { [`${prefix}/${KEY.weightTotal}`]: String(maxTrafficWeight) }),
  };
}

/** What the user adds, under the full names of the keys. */
export function lentAnnotations(nginx: NginxTrafficRouting): Readonly<Record<string, string>> {
  const prefix = annotationPrefix(nginx);
  const additional = Object.entries(nginx.additionalIngressAnnotations ?? {}).map(([key, value]): [string, string] => [
    key.startsWith(prefix) ? key : `${prefix}/${key}`,
    value,
  ]);
  return { ...Object.fromEntries(additional), ...nginx.canaryIngressAnnotations };
}

/** A header route of a step replaces the headers that the Rollout asks for all the time: the dialect knows one header. */
function withHeaderMatch(
  lent: Record<string, string>,
  prefix: string,
  match: HeaderRouteMatch,
): Record<string, string> {
  const { [`${prefix}/${KEY.byHeaderValue}`]: _value, [`${prefix}/${KEY.byHeaderPattern}`]: _pattern, ...rest } = lent;
  const { exact, regex, prefix: start } = match.headerValue ?? {};
  const rule: Record<string, string> =
    exact !== undefined
      ? { [`${prefix}/${KEY.byHeaderValue}`]: exact }
      : { [`${prefix}/${KEY.byHeaderPattern}`]: regex ?? `^${escapedForPattern(start ?? '')}` };
  return { ...rest, [`${prefix}/${KEY.byHeader}`]: match.headerName, ...rule };
}

function escapedForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** Whether an annotation is a canary rule: on an Ingress of ours all of these are ours, even if another writer added them. */
export function isCanaryRule(key: string, prefix: string): boolean {
  return key === `${prefix}/${KEY.canary}` || key.startsWith(`${prefix}/${KEY.canary}-`);
}
