/**
 * Traefik with its ingress-nginx provider: it reads the Ingresses of class `nginx`, canary annotations included, from
 * a control plane and sends requests to the pods' addresses. All settings that shape traffic are its defaults.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { freePorts } from '../cluster/free-port.ts';
import { installTraefikApi } from '../cluster/traefik-api.ts';
import type { Proxy } from './proxy.ts';
import { gatewayServed, prepareGateway } from './gateway.ts';
import { findOrBuildTraefik } from './traefik-binary.ts';
import { respondsOk } from '../cluster/responds-ok.ts';

const READY_TIMEOUT_MS = 60_000;
/**
 * It applies a change at once, but after that none for 2 s (providersThrottleDuration). On a machine with too much to
 * do it hears of it later, so a test allows what Serin allows for this class of Ingresses (docs/reference/hazards.md).
 */
const PROPAGATION_MS = 6_000;

const INGRESS_CLASS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'nginx' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};

interface TraefikOptions {
  /** It also serves the Gateway of `gateway.ts`, whose definitions are installed. */
  readonly gatewayApi?: boolean;
  /** It also serves the objects of its own API, whose definitions are installed. */
  readonly traefikApi?: boolean;
}

/** The class `nginx` exists and the proxy listens when this resolves. It ends with the control plane at the latest. */
export async function startTraefik(
  plane: ControlPlane,
  { gatewayApi = false, traefikApi = false }: TraefikOptions = {},
): Promise<Proxy> {
  const command = await findOrBuildTraefik();
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: JSON.stringify(INGRESS_CLASS) });
  const [port = 0, pingPort = 0, metricsPort = 0] = await freePorts(3);
  if (gatewayApi) await prepareGateway(plane, port);
  if (traefikApi) await installTraefikApi(plane);
  const traefik = await plane.spawn({
    name: 'traefik',
    command,
    args: [
      ...providerFlags(plane, 'kubernetesingressnginx'),
      ...(gatewayApi ? providerFlags(plane, 'kubernetesgateway') : []),
      ...(traefikApi ? providerFlags(plane, 'kubernetescrd') : []),
      `--entrypoints.http.address=127.0.0.1:${port}`,
      `--entrypoints.ping.address=127.0.0.1:${pingPort}`,
      '--ping=true',
      '--ping.entrypoint=ping',
      `--entrypoints.metrics.address=127.0.0.1:${metricsPort}`,
      '--metrics.prometheus=true',
      '--metrics.prometheus.entrypoint=metrics',
      '--metrics.prometheus.addserviceslabels=true',
      '--log.level=INFO',
      '--accesslog=true',
      '--accesslog.filters.statuscodes=400-599',
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
    ],
    cwd: plane.scratch,
    env: {},
  });
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await respondsOk(`http://127.0.0.1:${pingPort}/ping`))) {
    if (traefik.exit !== undefined || performance.now() > deadline) throw new Error(traefik.obituary());
    await delay(50);
  }
  if (gatewayApi) await gatewayServed(plane);
  return {
    name: 'Traefik',
    shares: 'in turn',
    closesKept: false,
    address: { host: '127.0.0.1', port },
    logPath: traefik.logPath,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    propagationMs: PROPAGATION_MS,
    async stop() {
      await traefik.end('SIGTERM');
    },
  };
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
