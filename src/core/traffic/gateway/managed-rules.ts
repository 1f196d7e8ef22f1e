/**
 * The rules that managed routes add to a route, each a copy of a divided rule that asks for more than it. That of a header
 * route asks for the headers, and leads to the canary alone; that of a mirror route sends copies there. They have the names
 * that the plugin of Argo Rollouts gives them, so that what it has left in the middle of a release is found, and what people
 * have told their GitOps tools about them stays true.
 */
import { fnv1aHash } from '../../../kube/hash.ts';
import type { RouteFilter, RouteMatch, RouteRule } from '../../../kube/route.ts';
import type { HeaderRoute, MirrorRoute } from '../router.ts';
import type { Sides } from '../sides.ts';
import { headerMatch, joinedMatches } from './mirror-matches.ts';
import { backendsOf, leadsTo, mirrorsOf } from './rules.ts';

/** By which managed rules are told from those of people. */
export interface Recognition {
  readonly sides: Sides;
  /** Names of the managed routes. */
  readonly names: readonly string[];
  /** Of the content of rules that were added: old definitions of routes drop the names of rules. */
  readonly contents: readonly string[];
}

export function isManaged(rule: RouteRule, { sides, names, contents }: Recognition): boolean {
  const { name } = rule;
  if (name === undefined) return contents.includes(contentOf(rule));
  if (names.includes(name)) return true;
  const stem = /^(.+)-\d+$/.exec(name)?.[1];
  return (
    stem !== undefined && names.includes(stem) && (leadsToCanaryAlone(rule, sides) || mirrorsToCanary(rule, sides))
  );
}

/** A managed route that the steps have switched on. */
export type ManagedRoute = HeaderRoute | MirrorRoute;

/** The rules of these routes for the divided rules, the first match first. No two have one name. */
export function managedRules(
  routes: readonly ManagedRoute[],
  divided: readonly RouteRule[],
  sides: Sides,
): readonly RouteRule[] {
  const taken = new Set(routes.map(({ name }) => name));
  return routes.flatMap((route) =>
    divided
      .flatMap((rule) => ('percentage' in route ? mirrorRule(rule, route, sides) : headerRule(rule, route, sides)))
      .map((rule, index) => ({ ...rule, name: index === 0 ? route.name : numbered(route.name, index, taken) })),
  );
}

/** What a rule says, whatever its name is. */
export function contentOf({ name: _name, ...rest }: RouteRule): string {
  return fnv1aHash(canonical(rest));
}

function headerRule(rule: RouteRule, { matches }: HeaderRoute, sides: Sides): readonly RouteRule[] {
  const headers = matches.map(({ headerName, headerValue = {} }) => headerMatch(headerName, headerValue));
  return [
    {
      ...rule,
      // All headers have to be there, as with the plugin.
      matches: matchesOf(rule).map((match) => ({ ...match, headers: [...(match.headers ?? []), ...headers] })),
      backendRefs: backendsOf(rule, sides, 'canary').map((one) => ({ ...one, weight: 1 })),
    },
  ];
}

/** Its requests are divided as those of the rule are. None where no request of the rule is to be copied. */
function mirrorRule(rule: RouteRule, { matches, percentage }: MirrorRoute, sides: Sides): readonly RouteRule[] {
  const joined = joinedMatches(matchesOf(rule), matches);
  if (typeof joined === 'string' || joined.length === 0) return [];
  const mirrors = backendsOf(rule, sides, 'canary').map(({ group, kind, namespace, name, port }): RouteFilter => {
    const backendRef = Object.fromEntries(
      Object.entries({ group, kind, namespace, name, port }).filter(([, value]) => value !== undefined),
    );
    const share = percentage < EVERY_REQUEST ? { percent: percentage } : {};
    return { type: 'RequestMirror', requestMirror: { backendRef: { ...backendRef, name }, ...share } };
  });
  return [{ ...rule, matches: joined, filters: [...(rule.filters ?? []), ...mirrors] }];
}

/** In percent. */
const EVERY_REQUEST = 100;

/** A rule without any matches every request. */
export function matchesOf({ matches = [] }: RouteRule): readonly RouteMatch[] {
  return matches.length === 0 ? [{}] : matches;
}

function numbered(name: string, index: number, taken: Set<string>): string {
  let number = index;
  while (taken.has(`${name}-${number}`)) number += 1;
  taken.add(`${name}-${number}`);
  return `${name}-${number}`;
}

function leadsToCanaryAlone({ backendRefs = [] }: RouteRule, sides: Sides): boolean {
  return backendRefs.length > 0 && backendRefs.every((one) => leadsTo(one, sides, 'canary'));
}

function mirrorsToCanary(rule: RouteRule, sides: Sides): boolean {
  return mirrorsOf(rule).some(
    ({ requestMirror }) => requestMirror !== undefined && leadsTo(requestMirror.backendRef, sides, 'canary'),
  );
}

/** The same text for the same value, in whatever order its keys come. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const sorted = entries.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join()}}`;
}
