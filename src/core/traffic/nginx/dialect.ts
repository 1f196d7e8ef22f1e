/**
 * Which proxy reads a canary Ingress, and what follows from it: how long a write takes to act, and what
 * of the canary annotations it does not honour (field/pains 3). The class of the Ingress says which project serves it,
 * but not which version.
 */
import { ANNOTATIONS } from '../../../api/words/labels.ts';
import { NGINX_HEADER_TEXT } from '../../../api/words/nginx-headers.ts';
import type { Ingress, IngressClass } from '../../../kube/objects.ts';

export interface Dialect {
  /** The name of its project. */
  readonly name: string;
  /**
   * The longest ordinary time until every instance acts on a change of an Ingress, in milliseconds. It holds one
   * second more than the proxy takes, because the API server writes down whole seconds.
   */
  readonly propagationMs: number;
  /** Whether a canary with a header or a cookie gets its share of the other requests as well. */
  readonly weightBesideRules: boolean;
  /** What the names and values of headers may be made of; others are ignored silently. */
  readonly headerText: RegExp | null;
  /** RE2 has no look-around and no back-references. */
  readonly patterns: 'PCRE' | 'RE2';
}

/** It reads changes at most every 3.3 s (0.3 a second), and its workers look for them every second. */
const INGRESS_NGINX: Dialect = {
  name: 'ingress-nginx',
  propagationMs: 6_000,
  weightBesideRules: true,
  headerText: NGINX_HEADER_TEXT,
  patterns: 'PCRE',
};

/** It acts on one change at once and then on none for 2 s (`providersThrottleDuration`). */
const TRAEFIK: Dialect = {
  name: 'Traefik',
  propagationMs: 4_000,
  weightBesideRules: true,
  headerText: null,
  patterns: 'RE2',
};

/** While changes keep coming it gathers them for up to 10 s. */
const HIGRESS: Dialect = {
  name: 'Higress',
  propagationMs: 11_000,
  weightBesideRules: false,
  headerText: null,
  patterns: 'RE2',
};

/** The time that this API allows for routers of every kind: its default of `scaleDownDelaySeconds`. */
const UNKNOWN: Dialect = {
  name: '',
  propagationMs: 30_000,
  weightBesideRules: true,
  headerText: null,
  patterns: 'PCRE',
};

/** `spec.controller` of an IngressClass. Traefik's ingress-nginx provider uses the name of ingress-nginx, whose time is the longer one. */
const BY_CONTROLLER: ReadonlyMap<string, Dialect> = new Map([
  ['traefik.io/ingress-controller', TRAEFIK],
  ['higress.io/higress-controller', HIGRESS],
  ['mse.alibabacloud.com/ingress', HIGRESS],
]);

/** Where there is no IngressClass: the names in the projects' own manifests. */
const BY_CLASS_NAME: ReadonlyMap<string, Dialect> = new Map([
  ['nginx', INGRESS_NGINX],
  ['traefik', TRAEFIK],
  ['higress', HIGRESS],
  ['mse', HIGRESS],
]);

type IngressClasses = ReadonlyMap<string, IngressClass>;

export function dialectOf(classes: IngressClasses, ingress: Ingress): Dialect {
  const className = classNameOf(ingress);
  const controller = classes.get(className)?.spec?.controller;
  if (controller === undefined) return BY_CLASS_NAME.get(className) ?? UNKNOWN;
  return (isIngressNginx(controller) ? INGRESS_NGINX : BY_CONTROLLER.get(controller)) ?? UNKNOWN;
}

/** The controller of the Ingress's class if no proxy with that name is known to read canary annotations. */
export function unknownControllerOf(classes: IngressClasses, ingress: Ingress): string | null {
  const controller = classes.get(classNameOf(ingress))?.spec?.controller;
  return controller === undefined || dialectOf(classes, ingress) !== UNKNOWN ? null : controller;
}

/** Empty for an Ingress without a class. */
export function classNameOf(ingress: Ingress): string {
  return ingress.spec?.ingressClassName ?? ingress.metadata.annotations?.[ANNOTATIONS.ingressClass] ?? '';
}

/** A second installation in a cluster needs its own controller name; the documentation says to keep the group. */
function isIngressNginx(controller: string): boolean {
  return controller.startsWith('k8s.io/') && controller.includes('nginx');
}
