/**
 * The rules of a route: which of them divide requests between two Services, with which weight, and how they look with
 * another one. Pure values in and out; everything that is not a weight stays as it was.
 */
import type { Route, RouteBackend, RouteFilter, RouteRule } from '../../../kube/route.ts';
import { backendsOn, holdsShares, isDividedAmong, shareAmong, sumAmong, withShare, type Reading } from '../shares.ts';
import type { Side, Sides } from '../sides.ts';

export function rulesOf({ spec }: Route): readonly RouteRule[] {
  return spec?.rules ?? [];
}

/** Whether a rule names both Services, each of them once: then its requests are divided. */
export function isDivided({ backendRefs = [] }: RouteRule, sides: Sides): boolean {
  return isDividedAmong(backendRefs, readingOf(sides));
}

/** Its filters that send copies of requests somewhere. */
export function mirrorsOf({ filters = [] }: RouteRule): readonly RouteFilter[] {
  return filters.filter(({ type }) => type === 'RequestMirror');
}

/** The backends that are the Service of this side. */
export function backendsOf({ backendRefs = [] }: RouteRule, sides: Sides, side: Side): readonly RouteBackend[] {
  return backendsOn(backendRefs, readingOf(sides), side);
}

export function leadsTo(backend: RouteBackend, sides: Sides, side: Side): boolean {
  const { group = '', kind = 'Service', namespace = sides.namespace, name } = backend;
  return group === '' && kind === 'Service' && namespace === sides.namespace && name === sides[side];
}

/** The canary's share of a divided rule, 0 to `maxWeight`. */
export function weightOf({ backendRefs = [] }: RouteRule, sides: Sides, maxWeight: number): number {
  return shareAmong(backendRefs, readingOf(sides), maxWeight);
}

/** The rule with that share of the canary. */
export function withWeight(rule: RouteRule, sides: Sides, weight: number, maxWeight: number): RouteRule {
  return { ...rule, backendRefs: withShare(rule.backendRefs ?? [], readingOf(sides), weight, maxWeight) };
}

/** Whether every weight up to `maxWeight` is a whole number in this rule, and leaves its other backends their share. */
export function holdsWeights({ backendRefs = [] }: RouteRule, sides: Sides, maxWeight: number): boolean {
  return holdsShares(backendRefs, readingOf(sides), maxWeight);
}

/** Of both sides together. */
export function sumOf({ backendRefs = [] }: RouteRule, sides: Sides): number {
  return sumAmong(backendRefs, readingOf(sides));
}

function readingOf(sides: Sides): Reading<RouteBackend> {
  const sideOf = (backend: RouteBackend): Side | null => {
    if (leadsTo(backend, sides, 'canary')) return 'canary';
    return leadsTo(backend, sides, 'stable') ? 'stable' : null;
  };
  return { sideOf, unsaid: 1 };
}
