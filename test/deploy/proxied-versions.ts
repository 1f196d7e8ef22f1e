/**
 * Applications behind a real Traefik: for each a stable version and a canary that answer as they are told, and steady
 * requests to both. Their pods are on loopback, where the API server lets no endpoints be, so the Services name a host.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlPlane } from '../testbed/cluster/control-plane.ts';
import { untilServed } from '../testbed/data-plane/ask.ts';
import type { Proxy } from '../testbed/data-plane/proxy.ts';
import { SteadyRequests } from '../testbed/data-plane/steady-requests.ts';

const ANNOTATION = 'nginx.ingress.kubernetes.io';

interface Answering {
  /** Of ten requests so many are answered with 500. */
  readonly failsOfTen?: number;
  readonly afterMs?: number;
}

export interface Application {
  readonly name: string;
  readonly stable: Answering;
  readonly canary: Answering;
  /** In percent. */
  readonly canaryWeight: number;
  /** All requests together, of which the weight decides. */
  readonly perSecond: number;
  /** Requests that ask for the canary, beside those. */
  readonly toCanaryPerSecond?: number;
}

/** They are served, and asked, until this is disposed of. */
export async function serve(
  plane: ControlPlane,
  proxy: Proxy,
  applications: readonly Application[],
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const objects: object[] = [];
  for (const { name, stable, canary, canaryWeight } of applications) {
    const versions = [stack.use(await Version.open(stable)), stack.use(await Version.open(canary))] as const;
    objects.push(
      externalService(name),
      externalService(`${name}-canary`),
      ingress(name, name, versions[0].port),
      ingress(name, `${name}-canary`, versions[1].port, {
        [`${ANNOTATION}/canary`]: 'true',
        [`${ANNOTATION}/canary-weight`]: String(canaryWeight),
        [`${ANNOTATION}/canary-by-header`]: 'X-Canary',
      }),
    );
  }
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: objects.map((one) => JSON.stringify(one)).join('\n---\n') });
  for (const { name, perSecond, toCanaryPerSecond } of applications) {
    const wish = { host: `${name}.example.com`, path: '/' };
    // A stable version that always fails is served as well.
    await untilServed(proxy.address, wish, (status) => status === 200 || status === 500);
    stack.use(requests(proxy, { ...wish, perSecond }));
    if (toCanaryPerSecond !== undefined) {
      stack.use(requests(proxy, { ...wish, perSecond: toCanaryPerSecond, headers: { 'x-canary': 'always' } }));
    }
  }
  return stack.move();
}

function requests(proxy: Proxy, options: ConstructorParameters<typeof SteadyRequests>[1]): AsyncDisposable {
  const steady = new SteadyRequests(proxy.address, options, () => undefined);
  return { [Symbol.asyncDispose]: () => steady.stop() };
}

class Version implements AsyncDisposable {
  readonly #server: Server;
  #asked = 0;

  private constructor({ failsOfTen = 0, afterMs = 0 }: Answering) {
    this.#server = createServer((_request, response) => {
      this.#asked += 1;
      const status = this.#asked % 10 < failsOfTen ? 500 : 200;
      void delay(afterMs).then(() => response.writeHead(status).end());
    });
  }

  static async open(answering: Answering): Promise<Version> {
    const version = new Version(answering);
    await new Promise<void>((resolve) => version.#server.listen(0, '127.0.0.1', resolve));
    return version;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function externalService(name: string): object {
  const metadata = { name, namespace: 'default' };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'ExternalName', externalName: 'localhost' } };
}

function ingress(
  application: string,
  service: string,
  port: number,
  annotations: Readonly<Record<string, string>> = {},
): object {
  const backend = { service: { name: service, port: { number: port } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: service, namespace: 'default', annotations },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: `${application}.example.com`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}
