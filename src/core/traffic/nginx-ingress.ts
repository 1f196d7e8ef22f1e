/**
 * The canary Ingress that belongs to one stable Ingress: its name, and what it must say for a split
 * (spec 8.6). It renders values; what is written when is decided in `nginx.ts`.
 */
import { ANNOTATIONS, NGINX_ANNOTATION_PREFIX, NGINX_CANARY_ANNOTATIONS as KEY } from '../../api/labels.ts';
import type { HeaderRouteMatch } from '../../api/steps.ts';
import type { NginxTrafficRouting } from '../../api/traffic-routing.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { Ingress, IngressPath, IngressRule } from '../../kube/objects.ts';
import { controllerReference } from '../../kube/owners.ts';
import { apiVersionOf, INGRESSES, ROLLOUTS } from '../../kube/resources.ts';
import type { Situation } from '../rollout/situation.ts';
import type { TrafficSplit } from './router.ts';

/** Object names end at 253 characters; `-canary` takes seven of them. */
const LONGEST_STEM = 246;

export function stableIngressNames(nginx: NginxTrafficRouting): readonly string[] {
  const { stableIngress = '', stableIngresses = [] } = nginx;
  return stableIngress === '' ? stableIngresses : [stableIngress];
}

export function canaryIngressName(rolloutName: string, stableIngress: string): string {
  return `${`${rolloutName}-${stableIngress}`.slice(0, LONGEST_STEM)}-canary`;
}

export function annotationPrefix(nginx: NginxTrafficRouting): string {
  return nginx.annotationPrefix === undefined || nginx.annotationPrefix === ''
    ? NGINX_ANNOTATION_PREFIX
    : nginx.annotationPrefix;
}

/** The weight that a canary Ingress carries; a canary that says none gets no share of the requests. */
export function weightOf(ingress: Ingress, prefix: string): number {
  const weight = Number(ingress.metadata.annotations?.[`${prefix}/${KEY.weight}`] ?? 0);
  return Number.isInteger(weight) ? weight : 0;
}

/** The canary Ingress as we apply it: exactly the fields that are ours. */
export function canaryIngressBody(
  situation: Situation,
  nginx: NginxTrafficRouting,
  stable: Ingress,
  split: TrafficSplit,
): JsonObject {
  const { rollout, namespace, name } = situation;
  const canary = rollout.spec.strategy?.canary;
  const present = situation.world.ingresses.get(canaryIngressName(name, stable.metadata.name));
  const spec = {
    ...(stable.spec?.ingressClassName === undefined ? {} : { ingressClassName: stable.spec.ingressClassName }),
    // An empty list takes away what somebody else wrote; leaving it out would not.
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
 * the canary Service. Paths of other Services stay theirs alone; a rule without http, and a backend
 * that is not a Service, has nothing for a canary.
 */
export function canaryRules(stable: Ingress, stableService: string, canaryService: string): readonly IngressRule[] {
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

/** Every annotation that the canary Ingress owes to the Rollout; the three that make it a canary win over what the user adds (spec 8.6). */
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

/** A header route of a step takes the place of the headers that the Rollout asks for all the time: the dialect knows one header. */
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

/** Whether an annotation belongs to the canary rules themselves: on an Ingress of ours these are ours alone, whoever wrote them. */
export function isCanaryRule(key: string, prefix: string): boolean {
  return key === `${prefix}/${KEY.canary}` || key.startsWith(`${prefix}/${KEY.canary}-`);
}
