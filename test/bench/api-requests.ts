/** How many requests the controller has made, from its own metrics. */

/** By the labels of a counter. */
export type RequestCounts = ReadonlyMap<string, number>;

/** By `Verb Kind`. */
export type Requests = Readonly<Record<string, number>>;

const LINE = /^controller_clientset_k8s_request_total\{([^}]*)\} (\d+)/gm;

export async function requestCounts(metricsUrl: string): Promise<RequestCounts> {
  const text = await (await fetch(metricsUrl)).text();
  return new Map([...text.matchAll(LINE)].map(([, labels = '', value = '0']) => [labels, Number(value)]));
}

/**
 * What was added between two counts, a quarter of an hour apart at most: objects that were not counted for so long are
 * forgotten, and begin anew. Kinds without a difference are left out.
 */
export function added(before: RequestCounts, after: RequestCounts): Requests {
  const sums = new Map<string, number>();
  for (const [labels, count] of after) {
    const known = before.get(labels) ?? 0;
    const more = count < known ? count : count - known;
    if (more === 0) continue;
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const kind = `${label('verb')} ${label('kind')}`;
    sums.set(kind, (sums.get(kind) ?? 0) + more);
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
