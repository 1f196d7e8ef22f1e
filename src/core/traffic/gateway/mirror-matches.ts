/**
 * What a rule has to match so that only those of another rule's requests are copied that a step asks for: what both of
 * them ask for. A match asks for all of its parts, and a rule for one of its matches.
 */
import type { MirrorMatch, StringMatch } from '../../../api/schema/steps.ts';
import type { RouteHeaderMatch, RouteMatch, RoutePathMatch } from '../../../kube/route.ts';
import { patternOf } from './patterns.ts';

/** `null`: no request matches both. A text says why both cannot be asked for at once, without a full stop. */
type Joined<T> = T | null | string;

const EVERY_PATH: RoutePathMatch = { type: 'PathPrefix', value: '/' };

/** The matches of both; a text where the Gateway API cannot say what both ask for. */
export function joinedMatches(
  own: readonly RouteMatch[],
  asked: readonly MirrorMatch[],
): readonly RouteMatch[] | string {
  const joined = own.flatMap((one) => asked.map((other) => joinedMatch(one, other)));
  const problem = joined.find((one) => typeof one === 'string');
  return problem ?? joined.filter((one): one is RouteMatch => one !== null && typeof one !== 'string');
}

function joinedMatch(own: RouteMatch, { path, method, headers = {} }: MirrorMatch): Joined<RouteMatch> {
  const onPath = joinedPath(own.path ?? EVERY_PATH, path);
  if (onPath === null || typeof onPath === 'string') return onPath;
  const exactMethod = method?.exact;
  if (exactMethod !== undefined && own.method !== undefined && own.method !== exactMethod) return null;
  const onHeaders = joinedHeaders(own.headers ?? [], headers);
  if (onHeaders === null || typeof onHeaders === 'string') return onHeaders;
  return {
    ...own,
    path: onPath,
    ...(exactMethod === undefined ? {} : { method: exactMethod }),
    ...(onHeaders.length === 0 ? {} : { headers: onHeaders }),
  };
}

function joinedPath(own: RoutePathMatch, match: StringMatch | undefined): Joined<RoutePathMatch> {
  if (match === undefined) return own;
  const asked = pathMatch(match);
  if (own.type === 'PathPrefix' && own.value === '/') return asked;
  if (asked.type === 'PathPrefix' && asked.value === '/') return own;
  if (own.type === asked.type && own.value === asked.value) return own;
  if (own.type === 'RegularExpression' || asked.type === 'RegularExpression') {
    return `path ${asked.value} of a mirror route cannot be joined with path ${own.value} of the rule, because one of them is a pattern`;
  }
  if (isWithin(own, asked)) return own;
  return isWithin(asked, own) ? asked : null;
}

/** Whether every path of the first is one of the second. */
function isWithin(one: RoutePathMatch, other: RoutePathMatch): boolean {
  return other.type === 'PathPrefix' && isBelow(one.value, other.value);
}

/** In whole elements of the path, as the Gateway API counts a prefix. */
function isBelow(path: string, prefix: string): boolean {
  const base = prefix.replace(/\/$/, '');
  return path === base || path.startsWith(`${base}/`);
}

function pathMatch({ exact = '', prefix = '', regex = '' }: StringMatch): RoutePathMatch {
  if (exact !== '') return { type: 'Exact', value: exact };
  return regex === '' ? { type: 'PathPrefix', value: prefix } : { type: 'RegularExpression', value: regex };
}

function joinedHeaders(
  own: readonly RouteHeaderMatch[],
  asked: Readonly<Record<string, StringMatch>>,
): Joined<readonly RouteHeaderMatch[]> {
  const joined = [...own];
  for (const [name, match] of Object.entries(asked)) {
    const header = headerMatch(name, match);
    const same = own.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (same === undefined) joined.push(header);
    else if ((same.type ?? 'Exact') !== header.type || same.value !== header.value)
      return `header ${name} is matched by the rule already, so a mirror route cannot match it as well`;
  }
  return joined;
}

/** A header as a step asks for it. */
export function headerMatch(name: string, { exact = '', regex = '', prefix = '' }: StringMatch): RouteHeaderMatch {
  if (exact !== '') return { type: 'Exact', name, value: exact };
  return { type: 'RegularExpression', name, value: regex === '' ? patternOf(prefix) : regex };
}
