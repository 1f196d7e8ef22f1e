/**
 * The rules of a route: which of them divide requests between two Services, with which weight, and how they look with
 * another one. Pure values in and out; everything that is not a weight stays as it was.
 */
import type { Route, RouteBackend, RouteFilter, RouteRule } from '../../../kube/route.ts';
import type { Side, Sides } from '../sides.ts';

export function rulesOf({ spec }: Route): readonly RouteRule[] {
  return spec?.rules ?? [];
}

/** Whether a rule names both Services, each of them once: then its requests are divided. */
export function isDivided(rule: RouteRule, sides: Sides): boolean {
  return backendsOf(rule, sides, 'stable').length === 1 && backendsOf(rule, sides, 'canary').length === 1;
}

/** Its filters that send copies of requests somewhere. */
export function mirrorsOf({ filters = [] }: RouteRule): readonly RouteFilter[] {
  return filters.filter(({ type }) => type === 'RequestMirror');
}

/** The backends that are the Service of this side. */
export function backendsOf({ backendRefs = [] }: RouteRule, sides: Sides, side: Side): readonly RouteBackend[] {
  return backendRefs.filter((one) => leadsTo(one, sides, side));
}

export function leadsTo(backend: RouteBackend, sides: Sides, side: Side): boolean {
  const { group = '', kind = 'Service', namespace = sides.namespace, name } = backend;
  return group === '' && kind === 'Service' && namespace === sides.namespace && name === sides[side];
}

/**
 * The canary's share of a divided rule, 0 to `maxWeight`. A share between two whole numbers is rounded, but never to
 * nothing and never to everything.
 */
export function weightOf(rule: RouteRule, sides: Sides, maxWeight: number): number {
  const { stable, canary } = weightsOf(rule, sides);
  if (canary === 0) return 0;
  if (stable === 0) return maxWeight;
  return Math.max(1, Math.min(maxWeight - 1, Math.round((maxWeight * canary) / (stable + canary))));
}

/** The rule with that share of the canary. The sum of both sides only changes where no other backend has a share beside them. */
export function withWeight(rule: RouteRule, sides: Sides, weight: number, maxWeight: number): RouteRule {
  const sum = hasOtherShares(rule, sides) ? sumOf(rule, sides) : maxWeight;
  const canary = Math.round((sum * weight) / maxWeight);
  const backendRefs = (rule.backendRefs ?? []).map((one) => {
    if (leadsTo(one, sides, 'canary')) return { ...one, weight: canary };
    return leadsTo(one, sides, 'stable') ? { ...one, weight: sum - canary } : one;
  });
  return { ...rule, backendRefs };
}

/** Whether every weight up to `maxWeight` is a whole number in this rule, and leaves its other backends their share. */
export function holdsWeights(rule: RouteRule, sides: Sides, maxWeight: number): boolean {
  const sum = sumOf(rule, sides);
  return !hasOtherShares(rule, sides) || (sum > 0 && sum % maxWeight === 0);
}

/** Of both sides together. */
export function sumOf(rule: RouteRule, sides: Sides): number {
  const { stable, canary } = weightsOf(rule, sides);
  return stable + canary;
}

function weightsOf(rule: RouteRule, sides: Sides): Readonly<Record<Side, number>> {
  const of = (side: Side) => backendsOf(rule, sides, side).reduce((sum, one) => sum + shareOf(one), 0);
  return { stable: of('stable'), canary: of('canary') };
}

function hasOtherShares({ backendRefs = [] }: RouteRule, sides: Sides): boolean {
  return backendRefs.some(
    (one) => !leadsTo(one, sides, 'stable') && !leadsTo(one, sides, 'canary') && shareOf(one) > 0,
  );
}

function shareOf({ weight = 1 }: RouteBackend): number {
  return weight;
}
