import { describe, expect, test } from 'vitest';
import { proxyOf } from '../../../src/providers/http/proxy.ts';

const BOTH = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'http://secure:3128' };

test.each([
  ['http://metrics.example/', BOTH, 'http://plain:3128'],
  ['https://metrics.example/', BOTH, 'http://secure:3128'],
  ['https://metrics.example/', { HTTP_PROXY: 'http://plain:3128' }, null],
  ['http://metrics.example/', { http_proxy: 'proxy:3128' }, 'http://proxy:3128'],
  ['http://metrics.example/', {}, null],
  ['http://localhost:9090/', BOTH, null],
  ['http://127.0.0.53:9090/', BOTH, null],
  ['http://[::1]:9090/', BOTH, null],
])('%s with %o takes %s', (url, environment: Readonly<Record<string, string>>, proxy) => {
  expect(proxyOf(new URL(url), environment)).toBe(proxy);
});

describe('NO_PROXY', () => {
  test.each([
    ['*', 'http://metrics.example/', true],
    ['example', 'http://metrics.example/', true],
    ['metrics.example', 'http://metrics.example/', true],
    ['METRICS.example', 'http://metrics.Example/', true],
    ['etrics.example', 'http://metrics.example/', false],
    ['.example', 'http://metrics.example/', true],
    ['.metrics.example', 'http://metrics.example/', false],
    ['*.example', 'http://metrics.example/', true],
    ['*.metrics.example', 'http://metrics.example/', false],
    ['a, b ,.svc', 'http://prometheus.monitoring.svc:9090/', true],
    ['metrics.example:9090', 'http://metrics.example:9090/', true],
    ['metrics.example:9090', 'http://metrics.example/', false],
    ['metrics.example:443', 'https://metrics.example/', true],
    ['10.0.0.0/8', 'http://10.96.0.1:9090/', true],
    ['10.0.0.0/8', 'http://11.0.0.1/', false],
    ['10.0.0.0/99', 'http://10.0.0.1/', false],
    ['10.0.0.0/8', 'http://ten.example/', false],
    ['10.0.0.1', 'http://10.0.0.1/', true],
    ['0.0.1', 'http://10.0.0.1/', false],
    ['fd00::/8', 'http://[fd00::1]:9090/', true],
    ['fd00::1', 'http://[fd00::1]/', true],
    ['[fd00::1]:9090', 'http://[fd00::1]:9090/', true],
    ['', 'http://metrics.example/', false],
  ])('%o exempts %s: %s', (list, url, exempt) => {
    expect(proxyOf(new URL(url), { ...BOTH, NO_PROXY: list }) === null).toBe(exempt);
  });
});
