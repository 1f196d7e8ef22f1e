/** Finds the route of a path. `:name` stands for one part of it, `*name` for one or more. */
import type { Route } from './visit.ts';

interface Matcher {
  readonly route: Route;
  readonly pattern: RegExp;
}

export type Found =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  /** The path is known with other methods. */
  | { readonly allowed: readonly string[] };

export class Router {
  readonly #matchers: readonly Matcher[];

  constructor(routes: readonly Route[]) {
    this.#matchers = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  }

  /** `path` is as it was sent. `null` for a path that no route has. */
  find(method: string, path: string): Found | null {
    const allowed: string[] = [];
    for (const { route, pattern } of this.#matchers) {
      const params = paramsIn(pattern, path);
      if (params === null) continue;
      if (route.method === method) return { route, params };
      allowed.push(route.method);
    }
    return allowed.length === 0 ? null : { allowed };
  }
}

function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part.startsWith(':')) return `(?<${part.slice(1)}>[^/]+)`;
    return part.startsWith('*') ? `(?<${part.slice(1)}>.+)` : part;
  });
  return new RegExp(`^${parts.join('/')}$`);
}

/** `null` when it does not match, also where a part is not encoded as it has to be. */
function paramsIn(pattern: RegExp, path: string): Readonly<Record<string, string>> | null {
  const groups = pattern.exec(path)?.groups;
  if (groups === undefined) return pattern.test(path) ? {} : null;
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    return null;
  }
}
