/** Whether the objects that a Rollout refers to exist and fit it, and which of them is reported first. */
import { expect, test } from 'vitest';
import { fieldErrorText } from '../../../src/api/words/field-error.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { unfitReference } from '../../../src/core/strategies/unfit-reference.ts';
import type { Ingress, Service } from '../../../src/kube/objects.ts';
import { canary, nginxCanary, rollout } from '../../api/sample-rollout.ts';
import { buildWorld } from '../build-world.ts';
import { routedIngresses } from '../routed-ingresses.ts';

type Selector = Readonly<Record<string, string>>;

function service(name: string, selector: Selector = { app: 'web' }, manager?: string): Service {
  const annotations = manager === undefined ? {} : { 'argo-rollouts.argoproj.io/managed-by-rollouts': manager };
  return { metadata: { name, uid: `uid-${name}`, resourceVersion: '1', annotations }, spec: { selector } };
}

function ingress(name: string, backend: string): Ingress {
  return {
    metadata: { name, uid: `uid-${name}`, resourceVersion: '1' },
    spec: {
      rules: [
        { host: 'no-http.example.com' },
        {
          host: 'web.example.com',
          http: { paths: [{ backend: { resource: {} } }, { backend: { service: { name: backend } } }] },
        },
      ],
    },
  };
}

const WEB = service('web');
const WEB_CANARY = service('web-canary');
const WEB_INGRESS = ingress('web', 'web');

function severalIngresses(...stableIngresses: readonly string[]): Rollout {
  return nginxCanary({ trafficRouting: { nginx: { stableIngresses } } });
}

const NGINX = 'spec.strategy.canary.trafficRouting.nginx';

interface Row {
  readonly name: string;
  readonly rollout: Rollout;
  readonly services?: readonly Service[];
  readonly ingresses?: readonly Ingress[];
  readonly error: string | null;
}

test.each<Row>([
  { name: 'everything is there', rollout: nginxCanary(), error: null },
  { name: 'nothing is referred to', rollout: canary({}), services: [], ingresses: [], error: null },
  {
    name: 'both Services of blue-green are there',
    rollout: rollout({ strategy: { blueGreen: { activeService: 'web', previewService: 'web-canary' } } }),
    error: null,
  },
  {
    name: 'active service missing',
    rollout: rollout({ strategy: { blueGreen: { activeService: 'x', previewService: 'y' } } }),
    error: 'spec.strategy.blueGreen.activeService: Invalid value: "x": service "x" not found',
  },
  {
    name: 'active service without a name',
    rollout: rollout({ strategy: { blueGreen: { activeService: '', previewService: 'web' } } }),
    error: 'spec.strategy.blueGreen.activeService: Invalid value: "": service "" not found',
  },
  {
    name: 'preview service missing',
    rollout: rollout({ strategy: { blueGreen: { activeService: 'web', previewService: 'y' } } }),
    error: 'spec.strategy.blueGreen.previewService: Invalid value: "y": service "y" not found',
  },
  {
    name: 'an active service that selects other pods',
    rollout: rollout({ strategy: { blueGreen: { activeService: 'web' } } }),
    services: [service('web', { app: 'web', tier: 'front' })],
    error:
      'spec.strategy.blueGreen.activeService: Invalid value: "web": Service "web" has unmatch label "tier" in rollout',
  },
  {
    name: 'the label of a role, which pods do not have yet when the active service moves to them',
    rollout: rollout({
      strategy: { blueGreen: { activeService: 'web', activeMetadata: { labels: { role: 'active' } } } },
    }),
    services: [service('web', { app: 'web', role: 'active' })],
    error:
      'spec.strategy.blueGreen.activeService: Invalid value: "web": Service "web" has unmatch label "role" in rollout',
  },
  {
    name: 'an active service of another Rollout',
    rollout: rollout({ strategy: { blueGreen: { activeService: 'web' } } }),
    services: [service('web', { app: 'web' }, 'other')],
    error: 'spec.strategy.blueGreen.activeService: Invalid value: "web": Service "web" is managed by another Rollout',
  },
  {
    name: 'stable service missing',
    rollout: nginxCanary(),
    services: [WEB_CANARY],
    error: 'spec.strategy.canary.stableService: Invalid value: "web": service "web" not found',
  },
  {
    name: 'canary service missing',
    rollout: nginxCanary(),
    services: [WEB],
    error: 'spec.strategy.canary.canaryService: Invalid value: "web-canary": service "web-canary" not found',
  },
  {
    name: 'both services missing: the stable one is told',
    rollout: nginxCanary(),
    services: [],
    error: 'spec.strategy.canary.stableService: Invalid value: "web": service "web" not found',
  },
  {
    name: 'services of a canary without a router',
    rollout: canary({ stableService: 'web', canaryService: 'nobody' }),
    error: 'spec.strategy.canary.canaryService: Invalid value: "nobody": service "nobody" not found',
  },
  {
    name: 'neither Ingress field',
    rollout: nginxCanary({ trafficRouting: { nginx: {} } }),
    error: `${NGINX}: Internal error: Either StableIngress or StableIngresses must be configured. Neither are configured.`,
  },
  {
    name: 'both Ingress fields',
    rollout: nginxCanary({ trafficRouting: { nginx: { stableIngress: 'web', stableIngresses: ['web'] } } }),
    error: `${NGINX}: Internal error: Either StableIngress or StableIngresses must be configured. Both are configured.`,
  },
  {
    name: 'Ingress missing',
    rollout: nginxCanary(),
    ingresses: [],
    error: `${NGINX}.stableIngress: Invalid value: "web": ingress.networking.k8s.io "web" not found`,
  },
  {
    name: 'one of several Ingresses missing',
    rollout: severalIngresses('web', 'admin'),
    error: `${NGINX}.StableIngresses: Invalid value: "admin": ingress.networking.k8s.io "admin" not found`,
  },
  {
    name: 'one of several Ingresses does not route to the stable service',
    rollout: severalIngresses('web', 'admin'),
    ingresses: [WEB_INGRESS, ingress('admin', 'other')],
    error: `${NGINX}.stableIngresses: Invalid value: "admin": ingress \`admin\` has no rules using service web backend`,
  },
  {
    name: 'the Ingress has no rules',
    rollout: nginxCanary(),
    ingresses: [{ metadata: WEB_INGRESS.metadata }],
    error: `${NGINX}.stableIngress: Invalid value: "web": ingress \`web\` has no rules using service web backend`,
  },
  {
    name: 'a missing Ingress is told before an unfitting service',
    rollout: nginxCanary(),
    services: [service('web', { app: 'other' }), WEB_CANARY],
    ingresses: [],
    error: `${NGINX}.stableIngress: Invalid value: "web": ingress.networking.k8s.io "web" not found`,
  },
  {
    name: 'a service selects other pods',
    rollout: nginxCanary(),
    services: [service('web', { app: 'web', tier: 'front' }), WEB_CANARY],
    error:
      'spec.strategy.canary.stableService: Invalid value: "web": Service "web" has unmatch label "tier" in rollout',
  },
  {
    name: 'a service selects a revision',
    rollout: nginxCanary(),
    services: [service('web', { app: 'web', 'rollouts-pod-template-hash': 'abc' }), WEB_CANARY],
    error: null,
  },
  {
    name: 'a service selects by the label of its role',
    rollout: nginxCanary({ canaryMetadata: { labels: { role: 'canary' } } }),
    services: [WEB, service('web-canary', { app: 'web', role: 'canary' })],
    error: null,
  },
  {
    name: 'the label of the other role does not count',
    rollout: nginxCanary({ canaryMetadata: { labels: { role: 'canary' } } }),
    services: [service('web', { role: 'canary' }), WEB_CANARY],
    error:
      'spec.strategy.canary.stableService: Invalid value: "web": Service "web" has unmatch label "role" in rollout',
  },
  {
    name: 'a label of the template that the role of the service replaces: no pod would be behind it',
    rollout: nginxCanary({ stableMetadata: { labels: { app: 'web-stable' } } }),
    services: [WEB, WEB_CANARY],
    error: 'spec.strategy.canary.stableService: Invalid value: "web": Service "web" has unmatch label "app" in rollout',
  },
  {
    name: 'a label of the template that the other role replaces: its pods have it back when the service moves to them',
    rollout: nginxCanary({ canaryMetadata: { labels: { app: 'web-canary' } } }),
    services: [WEB, service('web-canary', {})],
    error: null,
  },
  {
    name: 'a label of the template that is replaced while pods are active',
    rollout: rollout({
      strategy: { blueGreen: { activeService: 'web', activeMetadata: { labels: { app: 'web-active' } } } },
    }),
    error:
      'spec.strategy.blueGreen.activeService: Invalid value: "web": Service "web" has unmatch label "app" in rollout',
  },
  {
    name: 'a label of the template that is replaced until the active service moves',
    rollout: rollout({
      strategy: { blueGreen: { activeService: 'web', previewMetadata: { labels: { app: 'web-preview' } } } },
    }),
    error: null,
  },
  {
    name: 'a service that we manage already',
    rollout: nginxCanary(),
    services: [service('web', { app: 'web' }, 'web'), WEB_CANARY],
    error: null,
  },
  {
    name: 'a service of another Rollout',
    rollout: nginxCanary(),
    services: [WEB, service('web-canary', { app: 'web' }, 'other')],
    error:
      'spec.strategy.canary.canaryService: Invalid value: "web-canary": Service "web-canary" is managed by another Rollout',
  },
  {
    name: 'ping-pong services are looked up as well',
    rollout: canary({ pingPong: { pingService: 'web', pongService: 'pong' } }),
    error: 'spec.strategy.canary.pingPong.pongService: Invalid value: "pong": service "pong" not found',
  },
])('$name', ({ rollout, services = [WEB, WEB_CANARY], ingresses = [WEB_INGRESS], error }) => {
  const found = unfitReference({
    ...buildWorld(),
    rollout,
    services: new Map(services.map((one) => [one.metadata.name, one])),
    routed: routedIngresses(ingresses),
  });
  expect(found === null ? null : fieldErrorText(found)).toBe(error);
});
