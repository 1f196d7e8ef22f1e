import { expect, test } from 'vitest';
import { propagationMs } from '../../../../src/core/traffic/nginx/propagation.ts';
import { buildSituation, ingress } from '../../build-world.ts';

const KEY = 'serin.dev/traffic-propagation-time';

test.each<{ name: string; className: string; flag?: number; annotation?: string; expected: number }>([
  { name: 'ingress-nginx', className: 'nginx', expected: 6_000 },
  { name: 'Traefik', className: 'traefik', expected: 4_000 },
  { name: 'Higress', className: 'higress', expected: 11_000 },
  { name: 'a proxy that is not known', className: 'edge', expected: 30_000 },
  { name: "the operator's word", className: 'nginx', flag: 12_000, expected: 12_000 },
  { name: "the operator's word, no time at all", className: 'nginx', flag: 0, expected: 0 },
  { name: "the Rollout's word", className: 'nginx', flag: 12_000, annotation: '1m30s', expected: 90_000 },
  { name: "the Rollout's word, no time at all", className: 'nginx', flag: 12_000, annotation: '0', expected: 0 },
])('$name: $expected ms', ({ className, flag, annotation, expected }) => {
  const situation = buildSituation({
    ...(flag === undefined ? {} : { propagationMs: flag }),
    ...(annotation === undefined ? {} : { annotations: { [KEY]: annotation } }),
  });
  expect(propagationMs(situation, ingress('web', { spec: { ingressClassName: className } }))).toBe(expected);
});
