/**
 * Contour as the control plane of a Gateway, and Envoy as the proxy that it configures. All settings that shape traffic are
 * their defaults; only a Contour without its definitions served, or without the name of its Gateway, would do nothing.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Component } from '../../cluster/component.ts';
import { installContourApi } from '../../cluster/contour-api.ts';
import type { ControlPlane } from '../../cluster/control-plane.ts';
import { freePorts } from '../../cluster/free-port.ts';
import { untilRespondsOk } from '../../cluster/responds-ok.ts';
import { createGateway, GATEWAY, gatewayServed, listFeatures } from '../gateway.ts';
import type { Proxy } from '../proxy.ts';
import { findOrBuildContour } from './programs.ts';

const run = promisify(execFile);

const READY_TIMEOUT_MS = 60_000;
/** It holds a change back for 0.5 s at most; a test allows what Serin allows for its Gateways (docs/reference/hazards.md). */
const PROPAGATION_MS = 4_000;
/** Envoy listens on the port of the listener and as much more, so that it needs no rights to low ports. */
const ABOVE_LISTENER = 8_000;
const CLASS = { className: 'contour', controllerName: 'projectcontour.io/gateway-controller' };
/** It lists none itself. A percentage of copies is not among them, because it copies all of them then (`mirror.test.ts`). */
const FEATURES = ['HTTPRouteMethodMatching', 'HTTPRouteRequestMirror'];

interface Ports {
  readonly http: number;
  readonly xds: number;
  /** Of Contour itself. */
  readonly health: number;
  readonly debug: number;
  /** Of Envoy. */
  readonly stats: number;
  readonly admin: number;
}

/** The definitions, a Gateway and its class exist, and Envoy is configured, when this resolves. */
export async function startContour(plane: ControlPlane): Promise<Proxy> {
  const programs = await findOrBuildContour();
  const [http = 0, xds = 0, health = 0, debug = 0, stats = 0, admin = 0] = await freePorts(6);
  const ports: Ports = { http, xds, health, debug, stats, admin };
  await installContourApi(plane);
  await createGateway(plane, { ...CLASS, port: http - ABOVE_LISTENER });
  const contour = await startControl(plane, programs.contour, ports);
  await untilRespondsOk(contour, `http://127.0.0.1:${health}/healthz`, READY_TIMEOUT_MS);
  await gatewayServed(plane);
  await listFeatures(plane, CLASS.className, FEATURES);
  const envoy = await startEnvoy(plane, programs, ports);
  await untilRespondsOk(envoy, `http://127.0.0.1:${stats}/ready`, READY_TIMEOUT_MS);
  return {
    name: 'Contour with Envoy',
    reads: 'routes',
    templates: null,
    shares: 'drawn',
    emptyShare: 'fails',
    closesKept: false,
    address: { host: '127.0.0.1', port: http },
    logPath: envoy.logPath,
    asked: null,
    metricsUrl: `http://127.0.0.1:${stats}/stats/prometheus`,
    propagationMs: PROPAGATION_MS,
    async stop() {
      await envoy.end('SIGKILL');
      await contour.end('SIGKILL');
    },
  };
}

async function startControl(plane: ControlPlane, command: string, ports: Ports): Promise<Component> {
  const settings = join(plane.scratch, 'contour.yaml');
  // YAML that any JSON is as well. Of all requests it logs those that were not answered well.
  const config = {
    gateway: { gatewayRef: GATEWAY },
    'accesslog-level': 'error',
    network: { 'admin-port': ports.admin },
  };
  await writeFile(settings, JSON.stringify(config));
  return plane.spawn({
    name: 'contour',
    command,
    args: [
      'serve',
      `--config-path=${settings}`,
      `--kubeconfig=${plane.kubeconfigPath()}`,
      '--disable-leader-election',
      '--insecure',
      '--xds-address=127.0.0.1',
      `--xds-port=${ports.xds}`,
      '--health-address=127.0.0.1',
      `--health-port=${ports.health}`,
      '--http-address=127.0.0.1',
      `--http-port=${ports.health}`,
      '--debug-http-address=127.0.0.1',
      `--debug-http-port=${ports.debug}`,
      '--envoy-service-http-address=127.0.0.1',
      '--envoy-service-https-address=127.0.0.1',
      '--stats-address=127.0.0.1',
      `--stats-port=${ports.stats}`,
      '--ingress-status-address=127.0.0.1',
    ],
    cwd: plane.scratch,
    env: {},
  });
}

async function startEnvoy(
  plane: ControlPlane,
  programs: { readonly contour: string; readonly envoy: string },
  { xds }: Ports,
): Promise<Component> {
  const bootstrap = join(plane.scratch, 'envoy.json');
  const admin = join(plane.scratch, 'envoy-admin.sock');
  const toContour = ['--xds-address=127.0.0.1', `--xds-port=${xds}`];
  await run(programs.contour, ['bootstrap', bootstrap, `--admin-address=${admin}`, ...toContour]);
  return plane.spawn({
    name: 'envoy',
    command: programs.envoy,
    args: [
      '--config-path',
      bootstrap,
      '--service-cluster',
      'projectcontour',
      '--service-node',
      'envoy',
      '--log-level',
      'warning',
      // It would share memory with every other Envoy of the machine.
      '--disable-hot-restart',
    ],
    cwd: plane.scratch,
    env: {},
  });
}
