/** One value of `--ask-proxies`: which pods to ask, as `key=value` pairs with semicolons between them. */
import type { ProxyToAsk } from './controllers/rollout/ask-proxies.ts';
import { ASKABLE_PROXIES } from './core/traffic/routers.ts';
import { FlagError } from './flags.ts';

const KEYS = ['kind', 'namespace', 'selector', 'port', 'class'] as const;
const HIGHEST_PORT = 65_535;

/** Throws a FlagError for a value that names too little, too much or something unknown. */
export function proxyToAsk(text: string): ProxyToAsk {
  const refused = (why: string) => new FlagError(`--ask-proxies ${why}, not ${JSON.stringify(text)}`);
  const values = new Map<string, string>();
  for (const pair of text.split(';')) {
    // A selector has equal signs of its own.
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/.exec(pair.trim()) ?? [];
    if (!(KEYS as readonly string[]).includes(key) || values.has(key) || value === '')
      throw refused(`must have each of ${KEYS.join(', ')} once, as key=value with semicolons between them`);
    values.set(key, value);
  }
  const of = (key: (typeof KEYS)[number]): string => values.get(key) ?? '';
  const missing = KEYS.find((key) => !values.has(key));
  if (missing !== undefined) throw refused(`must have a ${missing}`);
  const kind = ASKABLE_PROXIES.get(of('kind'));
  if (kind === undefined)
    throw refused(`must have a kind that can be asked, ${[...ASKABLE_PROXIES.keys()].join(' or ')}`);
  const port = /^\d+$/.test(of('port')) ? Number(of('port')) : 0;
  if (port < 1 || port > HIGHEST_PORT) throw refused(`must have a port from 1 to ${HIGHEST_PORT}`);
  return { kind, namespace: of('namespace'), selector: of('selector'), port, className: of('class') };
}
