/**
 * Traefik, which sends requests to the pods' addresses as a control plane tells it: with its ingress-nginx provider by
 * the Ingresses of class `nginx`, canary annotations included, or with its Gateway provider by HTTPRoutes. All settings
 * that shape traffic are its defaults.
 */
import type { ControlPlane } from '../cluster/control-plane.ts';
import { freePorts } from '../cluster/free-port.ts';
import { installGatewayApi } from '../cluster/gateway-api.ts';
import { installTraefikApi } from '../cluster/traefik-api.ts';
import type { Proxy } from './proxy.ts';
import { createGateway, gatewayServed } from './gateway.ts';
import { standIn } from './pod-of-proxy.ts';
import { findOrBuildTraefik } from './traefik-binary.ts';
import { untilRespondsOk } from '../cluster/responds-ok.ts';

const READY_TIMEOUT_MS = 60_000;
/**
 * It applies a change at once, but after that none for 2 s (providersThrottleDuration). On a machine with too much to
 * do it hears of it later, so a test allows what Serin allows for the class of its Ingresses and for its Gateways
 * (docs/reference/hazards.md).
 */
const PROPAGATION_MS = { ingresses: 6_000, routes: 4_000 } as const;

const SHAPES = {
  ingresses: { name: 'Traefik', component: 'traefik', provider: 'kubernetesingressnginx', templates: 'traefik' },
  routes: { name: "Traefik's Gateway", component: 'traefik-gateway', provider: 'kubernetesgateway', templates: null },
} as const;

const INGRESS_CLASS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'nginx' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};

interface TraefikOptions {
  /** It also serves the objects of its own API, whose definitions are installed. */
  readonly traefikApi?: boolean;
}

/**
 * The class `nginx`, or the definitions of the Gateway API and a Gateway, exist and the proxy listens when this resolves.
 * It ends with the control plane at the latest.
 */
export async function startTraefik(
  plane: ControlPlane,
  reads: Proxy['reads'] = 'ingresses',
  { traefikApi = false }: TraefikOptions = {},
): Promise<Proxy> {
  const command = await findOrBuildTraefik();
  const [port = 0, pingPort = 0, metricsPort = 0, apiPort = 0] = await freePorts(4);
  if (reads === 'routes') await prepareGateway(plane, port);
  else await plane.mustKubectl(['apply', '-f', '-'], { stdin: JSON.stringify(INGRESS_CLASS) });
  if (traefikApi) await installTraefikApi(plane);
  const { name, component, provider, templates } = SHAPES[reads];
  const traefik = await plane.spawn({
    name: component,
    command,
    args: [
      ...providerFlags(plane, provider),
      ...(traefikApi ? providerFlags(plane, 'kubernetescrd') : []),
      `--entrypoints.http.address=127.0.0.1:${port}`,
      `--entrypoints.ping.address=127.0.0.1:${pingPort}`,
      '--ping=true',
      '--ping.entrypoint=ping',
      `--entrypoints.metrics.address=127.0.0.1:${metricsPort}`,
      '--metrics.prometheus=true',
      '--metrics.prometheus.entrypoint=metrics',
      '--metrics.prometheus.addserviceslabels=true',
      '--api=true',
      '--api.insecure=true',
      `--entrypoints.traefik.address=127.0.0.1:${apiPort}`,
      '--log.level=INFO',
      '--accesslog=true',
      '--accesslog.filters.statuscodes=400-599',
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
    ],
    cwd: plane.scratch,
    env: {},
  });
  await untilRespondsOk(traefik, `http://127.0.0.1:${pingPort}/ping`, READY_TIMEOUT_MS);
  if (reads === 'routes') await gatewayServed(plane);
  else await standIn(plane, POD);
  return {
    name,
    reads,
    templates,
    shares: 'in turn',
    emptyShare: 'passed on',
    closesKept: false,
    address: { host: '127.0.0.1', port },
    logPath: traefik.logPath,
    asked: reads === 'routes' ? null : { kind: 'traefik', ...POD_AT, port: apiPort },
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    propagationMs: PROPAGATION_MS[reads],
    async stop() {
      await traefik.end('SIGTERM');
    },
  };
}

const POD_AT = { namespace: 'traefik', selector: 'app=traefik' } as const;
const POD = { name: 'traefik', namespace: POD_AT.namespace, app: 'traefik' } as const;

async function prepareGateway(plane: ControlPlane, port: number): Promise<void> {
  await installGatewayApi(plane);
  await createGateway(plane, { className: 'traefik', controllerName: 'traefik.io/gateway-controller', port });
}

function providerFlags(plane: ControlPlane, name: string): readonly string[] {
  const provider = `--providers.${name}`;
  return [
    `${provider}=true`,
    `${provider}.endpoint=${plane.server}`,
    `${provider}.token=${plane.token()}`,
    `${provider}.certauthfilepath=${plane.caFile}`,
  ];
}
