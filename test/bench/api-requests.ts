/** How many requests the controller has made, from its own metrics. */

export type RequestCounts = ReadonlyMap<string, number>;

/** By `Verb Kind`. */
export type Requests = Readonly<Record<string, number>>;

const LINE = /^controller_clientset_k8s_request_total\{([^}]*)\} (\d+)/gm;

/** By `Verb Kind`, summed over objects; `only` limits it to one object by name, in which case lists and events do not count. */
export async function requestCounts(metricsUrl: string, only?: string): Promise<RequestCounts> {
  const text = await (await fetch(metricsUrl)).text();
  const counts = new Map<string, number>();
  for (const [, labels = '', value = '0'] of text.matchAll(LINE)) {
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    if (only !== undefined && label('name') !== only) continue;
    const key = `${label('verb')} ${label('kind')}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(value));
  }
  return counts;
}

/** What was added between two counts, keys without a difference left out. */
export function added(before: RequestCounts, after: RequestCounts): Requests {
  const difference = [...after].map(([key, count]): [string, number] => [key, count - (before.get(key) ?? 0)]);
  return Object.fromEntries(difference.filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}
