/** The proxies that read canary Ingresses and can be asked what they have made of them. */
import type { ProxyKind } from '../proxy-kind.ts';
import { traefikLacks, traefikViewOf } from './traefik-view.ts';

const TRAEFIK: ProxyKind = {
  name: 'traefik',
  path: '/api/rawdata',
  read: (answer) => {
    const view = traefikViewOf(answer);
    return view === null ? null : (route, addresses) => traefikLacks(view, route, addresses);
  },
  // It takes its entry points over one after the other, and what was routed before is still on its way.
  marginMs: 500,
};

export const PROXY_KINDS: readonly ProxyKind[] = [TRAEFIK];
