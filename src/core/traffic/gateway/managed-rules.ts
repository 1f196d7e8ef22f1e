/**
 * The rules that header routes add to a route: each is a copy of a divided rule that asks for the headers in addition
 * and leads to the canary alone. They have the names that the plugin of Argo Rollouts gives them, so that what it has
 * left in the middle of a release is found, and what people have told their GitOps tools about them stays true.
 */
import type { HeaderRouteMatch } from '../../../api/schema/steps.ts';
import { fnv1aHash } from '../../../kube/hash.ts';
import type { RouteHeaderMatch, RouteMatch, RouteRule } from '../../../kube/route.ts';
import type { HeaderRoute } from '../router.ts';
import type { Sides } from '../sides.ts';
import { backendsOf, leadsTo } from './rules.ts';

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
  return stem !== undefined && names.includes(stem) && leadsToCanaryAlone(rule, sides);
}

/** The rules of these header routes for the divided rules, the first match first. No two have one name. */
export function managedRules(
  headerRoutes: readonly HeaderRoute[],
  divided: readonly RouteRule[],
  sides: Sides,
): readonly RouteRule[] {
  const taken = new Set(headerRoutes.map(({ name }) => name));
  return headerRoutes.flatMap(({ name, matches }) =>
    divided.map((rule, index) => managedRule(rule, index === 0 ? name : numbered(name, index, taken), matches, sides)),
  );
}

/** What a rule says, whatever its name is. */
export function contentOf({ name: _name, ...rest }: RouteRule): string {
  return fnv1aHash(canonical(rest));
}

function managedRule(rule: RouteRule, name: string, matches: readonly HeaderRouteMatch[], sides: Sides): RouteRule {
  const headers = matches.map(headerMatch);
  const ownMatches: readonly RouteMatch[] = (rule.matches ?? []).length === 0 ? [{}] : (rule.matches ?? []);
  return {
    ...rule,
    name,
    // All headers have to be there, as with the plugin.
    matches: ownMatches.map((match) => ({ ...match, headers: [...(match.headers ?? []), ...headers] })),
    backendRefs: backendsOf(rule, sides, 'canary').map((one) => ({ ...one, weight: 1 })),
  };
}

function headerMatch({ headerName, headerValue }: HeaderRouteMatch): RouteHeaderMatch {
  const { exact = '', regex = '', prefix = '' } = headerValue ?? {};
  if (exact !== '') return { type: 'Exact', name: headerName, value: exact };
  // Some proxies look for the pattern anywhere in the value, others want it to match all of it: this one suits both.
  const value = regex === '' ? `^${escapedForPattern(prefix)}.*` : regex;
  return { type: 'RegularExpression', name: headerName, value };
}

function escapedForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
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

/** The same text for the same value, in whatever order its keys come. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const sorted = entries.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join()}}`;
}
