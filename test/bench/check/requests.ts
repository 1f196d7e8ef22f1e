/** What the requests of one controller were: how many of each kind, and how many bytes they took. */
import type { HttpRequest } from '../../../src/runtime/exchange.ts';

/** One request, read off its path. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'apply' | 'patch' | 'delete' | 'evict';
  readonly plural: string;
  /** Absent for a list, a watch and a creation. */
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
}

const PATH = /^\/(?:api|apis\/[^/]+)\/[^/]+(?:\/namespaces\/[^/]+)?\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/;

export function askedBy({ method, path, headers }: HttpRequest): Asked {
  const { pathname, searchParams: query } = new URL(path, 'http://server');
  const [, plural, name, subresource] = PATH.exec(pathname) ?? [];
  if (plural === undefined) throw new Error(`${method} ${path} is not understood`);
  const verb = () => {
    if (method === 'DELETE') return 'delete';
    if (method === 'POST') return subresource === 'eviction' ? 'evict' : 'create';
    if (method === 'PATCH') return String(headers['content-type']).includes('apply') ? 'apply' : 'patch';
    if (name !== undefined) return 'get';
    return query.has('watch') ? 'watch' : 'list';
  };
  return { verb: verb(), plural, name, subresource, query };
}

export class RequestLedger {
  #counts = new Map<string, number>();

  note({ verb, plural, subresource }: Asked, sentBytes: number): void {
    this.#add(`${verb} ${plural}${subresource === undefined ? '' : `/${subresource}`}`, 1);
    this.#add('requests', 1);
    this.#add('bytes sent', sentBytes);
  }

  noteAnswer(bytes: number): void {
    this.#add('bytes of answers', bytes);
  }

  noteNews(bytes: number): void {
    this.#add('bytes watched', bytes);
  }

  /** Since the last time that they were taken, in the order of the alphabet. */
  take(): Readonly<Record<string, number>> {
    const taken = { requests: 0, ...Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))) };
    this.#counts = new Map();
    return taken;
  }

  #add(what: string, number: number): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + number);
  }
}
