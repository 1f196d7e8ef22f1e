import { expect, test } from 'vitest';
import { ASKABLE_PROXIES } from '../src/core/traffic/routers.ts';
import { FlagError } from '../src/flags.ts';
import { proxyToAsk } from '../src/proxy-flag.ts';

test('a selector may have equal signs and commas of its own', () => {
  expect(proxyToAsk('kind=traefik;namespace=edge; selector=app=traefik,tier=web;port=8080;class=nginx')).toEqual({
    kind: ASKABLE_PROXIES.get('traefik'),
    namespace: 'edge',
    selector: 'app=traefik,tier=web',
    port: 8080,
    className: 'nginx',
  });
});

test.each([
  ['', 'each of'],
  ['kind=traefik', 'must have a namespace'],
  ['kind=ingress-nginx;namespace=a;selector=b;port=1;class=c', 'a kind that can be asked, traefik'],
  ['kind=traefik;namespace=a;selector=b;port=0;class=c', 'a port from 1 to 65535'],
  ['kind=traefik;namespace=a;selector=b;port=1;class=', 'each of'],
  ['kind=traefik;kind=traefik;namespace=a;selector=b;port=1;class=c', 'each of'],
  ['kind=traefik;namespace=a;selector=b;port=1;class=c;path=/', 'each of'],
])('%j is refused', (text, why) => {
  expect(() => proxyToAsk(text)).toThrow(FlagError);
  expect(() => proxyToAsk(text)).toThrow(why);
});
