import { expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../src/api/schema/canary.ts';
import { fieldErrorText, firstOf } from '../../../src/api/words/field-error.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { unsupportedErrors } from '../../../src/api/validation/unsupported.ts';
import { canary, nginxCanary, rollout } from '../sample-rollout.ts';

const CANARY = 'spec.strategy.canary';

const NO_MIRROR =
  'setMirrorRoute needs gatewayAPI as the only router: of the routers that Serin has, no other mirrors requests';

function refused(path: string, wayOut = ''): string {
  const field = path.slice(path.lastIndexOf('.') + 1);
  return `${path}: Forbidden: ${field} is not supported by this version of Serin${wayOut === '' ? '' : `: ${wayOut}`}`;
}

const SMI_ENDED = 'SMI is archived; lead through an HTTPRoute with gatewayAPI, which service meshes serve today';

const BESIDE_GATEWAY_API: readonly NonNullable<CanaryStrategy['trafficRouting']>[] = [
  { istio: { virtualService: { name: 'web' } } },
  { traefik: { weightedTraefikServiceName: 'web' } },
];

function routed(trafficRouting: NonNullable<CanaryStrategy['trafficRouting']>): Rollout {
  return nginxCanary({ trafficRouting });
}

test.each<{ readonly name: string; readonly rollout: Rollout; readonly error: string | null }>([
  { name: 'a plain canary', rollout: canary({}), error: null },
  { name: 'nginx', rollout: nginxCanary(), error: null },
  { name: 'a router block that names no router', rollout: routed({}), error: null },
  {
    name: 'header routes, canary scale and an own annotation prefix',
    rollout: nginxCanary({
      trafficRouting: {
        nginx: { stableIngress: 'web', annotationPrefix: 'example.com' },
        managedRoutes: [{ name: 'a' }],
      },
      steps: [{ setCanaryScale: { replicas: 1 } }, { setHeaderRoute: { name: 'a' } }],
    }),
    error: null,
  },
  {
    name: 'blue-green',
    rollout: rollout({ strategy: { blueGreen: { activeService: 'web', previewService: 'web-preview' } } }),
    error: null,
  },
  {
    name: 'analyses before and after the promotion',
    rollout: rollout({
      strategy: { blueGreen: { activeService: 'web', prePromotionAnalysis: {}, postPromotionAnalysis: {} } },
    }),
    error: null,
  },
  {
    name: 'background analysis and an analysis step',
    rollout: canary({ analysis: {}, steps: [{ setWeight: 1 }, { analysis: {} }] }),
    error: null,
  },
  {
    name: 'ping-pong',
    rollout: canary({ pingPong: { pingService: 'a', pongService: 'b' } }),
    error: refused(`${CANARY}.pingPong`),
  },
  { name: 'istio', rollout: routed({ istio: { virtualService: { name: 'web' } } }), error: null },
  {
    name: 'alb',
    rollout: routed({ alb: { servicePort: 1 } }),
    error: refused(
      `${CANARY}.trafficRouting.alb`,
      'lead through an HTTPRoute with gatewayAPI, the AWS Load Balancer Controller serves it',
    ),
  },
  { name: 'smi', rollout: routed({ smi: {} }), error: refused(`${CANARY}.trafficRouting.smi`, SMI_ENDED) },
  {
    name: 'ambassador',
    rollout: routed({ ambassador: { mappings: [] } }),
    error: refused(
      `${CANARY}.trafficRouting.ambassador`,
      'lead through an HTTPRoute with gatewayAPI, or through an Ingress with nginx',
    ),
  },
  {
    name: 'appMesh',
    rollout: routed({ appMesh: {} }),
    error: refused(
      `${CANARY}.trafficRouting.appMesh`,
      'AWS has ended App Mesh; lead through an HTTPRoute with gatewayAPI',
    ),
  },
  { name: 'traefik', rollout: routed({ traefik: { weightedTraefikServiceName: 'a' } }), error: null },
  {
    name: 'apisix',
    rollout: routed({ apisix: {} }),
    error: refused(
      `${CANARY}.trafficRouting.apisix`,
      'lead through an HTTPRoute with gatewayAPI, the ingress controller of APISIX serves it',
    ),
  },
  {
    name: 'plugins',
    rollout: routed({ plugins: { 'a/b': {} } }),
    error: `${CANARY}.trafficRouting.plugins[a/b]: Forbidden: plugin a/b is not supported by this version of Serin, of plugins only argoproj-labs/gatewayAPI is`,
  },
  {
    name: 'another router beside nginx',
    rollout: routed({ nginx: { stableIngress: 'web' }, smi: {} }),
    error: refused(`${CANARY}.trafficRouting.smi`, SMI_ENDED),
  },
  {
    name: 'a total below 100',
    rollout: routed({ nginx: { stableIngress: 'web' }, maxTrafficWeight: 10 }),
    error: `${CANARY}.trafficRouting.maxTrafficWeight: Invalid value: 10: must be 100 or more, because nginx ignores smaller totals`,
  },
  { name: 'a total of 100', rollout: routed({ nginx: {}, maxTrafficWeight: 100 }), error: null },
  { name: 'an experiment step', rollout: canary({ steps: [{ experiment: { templates: [] } }] }), error: null },
  {
    name: 'a mirror step',
    rollout: canary({ steps: [{ setMirrorRoute: { name: 'a' } }] }),
    error: `${CANARY}.steps[0].setMirrorRoute: Forbidden: ${NO_MIRROR}`,
  },
  {
    name: 'a mirror step behind the Gateway API',
    rollout: canary({
      trafficRouting: { gatewayAPI: { httpRoute: 'web' } },
      steps: [{ setMirrorRoute: { name: 'a' } }],
    }),
    error: null,
  },
  {
    name: 'a mirror step behind both routers',
    rollout: nginxCanary({
      trafficRouting: { nginx: { stableIngress: 'web' }, gatewayAPI: { httpRoute: 'web' } },
      steps: [{ setMirrorRoute: { name: 'a' } }],
    }),
    error: `${CANARY}.steps[0].setMirrorRoute: Forbidden: ${NO_MIRROR}`,
  },
  ...BESIDE_GATEWAY_API.map((router) => ({
    name: `a mirror step behind the Gateway API beside ${Object.keys(router).join('')}`,
    rollout: canary({
      trafficRouting: { gatewayAPI: { httpRoute: 'web' }, ...router },
      steps: [{ setMirrorRoute: { name: 'a' } }],
    }),
    error: `${CANARY}.steps[0].setMirrorRoute: Forbidden: ${NO_MIRROR}`,
  })),
  {
    name: 'a mirror step behind Istio alone',
    rollout: canary({
      trafficRouting: { istio: { virtualService: { name: 'web' } } },
      steps: [{ setMirrorRoute: { name: 'a' } }],
    }),
    error: `${CANARY}.steps[0].setMirrorRoute: Forbidden: ${NO_MIRROR}`,
  },
  {
    name: 'a plugin step',
    rollout: canary({ steps: [{ plugin: { name: 'a' } }] }),
    error: refused(`${CANARY}.steps[0].plugin`),
  },
])('$name', ({ rollout, error }) => {
  const found = firstOf(unsupportedErrors(rollout));
  expect(found === null ? null : fieldErrorText(found)).toBe(error);
});
