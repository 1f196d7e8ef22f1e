/**
 * What the templates for Traefik in deploy/analysis-templates/ rest on: a real Traefik splits real requests by the canary
 * annotations, and the selectors of the templates find the series of the canary among its metrics, and those alone: each
 * request is counted once. analysis-templates.test.ts evaluates the queries.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startControlPlane, type ControlPlane } from '../testbed/cluster/control-plane.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { ask } from '../testbed/data-plane/ask.ts';
import type { Proxy } from '../testbed/data-plane/proxy.ts';
import { startTraefik } from '../testbed/data-plane/traefik.ts';

const HOST = 'web.example.test';
const ANNOTATION = 'nginx.ingress.kubernetes.io';
const ARGS: Readonly<Record<string, string>> = {
  namespace: 'default',
  ingress: 'web.main',
  service: 'web',
  'service-label': 'service',
  window: '2m',
  'minimum-requests': '20',
};

/** A version of the application; every second answer of the bad one is an error. */
class Version {
  answered = 0;
  readonly #server: Server;

  constructor(isBad: boolean) {
    this.#server = createServer((_question, answer) => {
      this.answered += 1;
      answer.writeHead(isBad && this.answered % 2 === 0 ? 500 : 200).end();
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const stable = new Version(false);
const canary = new Version(true);
let plane: ControlPlane;
let proxy: Proxy;

beforeAll(async () => {
  const ports = [await stable.listen(), await canary.listen()] as const;
  plane = await startControlPlane();
  const objects = [
    externalService('web'),
    externalService('web-canary'),
    ingress('web.main', 'web', ports[0], {}),
    ingress('any-name', 'web-canary', ports[1], {
      [`${ANNOTATION}/canary`]: 'true',
      [`${ANNOTATION}/canary-weight`]: '50',
      [`${ANNOTATION}/canary-by-header`]: 'X-Canary',
    }),
  ];
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: objects.map((one) => JSON.stringify(one)).join('\n---\n') });
  proxy = await startTraefik(plane);
  await waitFor(() => send({ 'x-canary': 'always' }), {
    what: 'Traefik to know the canary',
    until: (status) => status !== 404 && canary.answered > 0,
  });
  for (let sent = 0; sent < 30; sent += 1) await send({});
  for (let sent = 0; sent < 5; sent += 1) await send({ 'x-canary': 'always' });
});
afterAll(async () => {
  await proxy?.stop();
  await plane?.stop();
  stable.close();
  canary.close();
});

/** Its pods are on loopback, where the API server lets no endpoints be. */
function externalService(name: string): object {
  const metadata = { name, namespace: 'default' };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'ExternalName', externalName: 'localhost' } };
}

function ingress(name: string, service: string, port: number, annotations: Readonly<Record<string, string>>): object {
  const backend = { service: { name: service, port: { number: port } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default', annotations },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: HOST, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}

async function send(headers: Readonly<Record<string, string>>): Promise<number> {
  return (await ask(proxy.address, { host: HOST, path: '/', headers })).status;
}

interface Sample {
  readonly series: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What Prometheus would read now. */
async function samples(): Promise<readonly Sample[]> {
  const text = await (await fetch(proxy.metricsUrl)).text();
  return [...text.matchAll(/^(\w+)\{(.*)\} (\S+)$/gm)].map(([, series = '', labels = '', value]) => ({
    series,
    labels: new Map([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', text = '']) => [name, text])),
    value: Number(value),
  }));
}

/** The selectors of a template's queries, with the arguments filled in: a series, and matchers of its labels. */
async function selectorsOf(template: string): Promise<readonly string[]> {
  const file = join(REPOSITORY, 'deploy', 'analysis-templates', 'traefik', `${template}.yaml`);
  const { spec } = parse(await readFile(file, 'utf8')) as {
    spec: { metrics: readonly { provider: { prometheus: { query: string } } }[] };
  };
  return spec.metrics.flatMap(({ provider }) => {
    const query = provider.prometheus.query.replaceAll(
      /\{\{args\.([\w-]+)\}\}/g,
      (_, name: string) => ARGS[name] ?? '',
    );
    return [...query.matchAll(/\w+\{[^}]*\}/g)].map(([selector]) => selector);
  });
}

/** Of a counter: all series that the selector finds, together. All matchers of the templates are patterns. */
function sumOf(selector: string, all: readonly Sample[]): number {
  const [, series, matchers = ''] = /^(\w+)\{(.*)\}$/.exec(selector) ?? [];
  const patterns = [...matchers.matchAll(/(\w+)=~"([^"]*)"/g)].map(
    ([, label = '', pattern = '']) => [label, new RegExp(`^(?:${pattern})$`)] as const,
  );
  return all
    .filter((one) => one.series === series)
    .filter(({ labels }) => patterns.every(([label, pattern]) => pattern.test(labels.get(label) ?? '')))
    .reduce((sum, { value }) => sum + value, 0);
}

describe('the selectors of the templates for Traefik', () => {
  test('are sent real requests to both versions', () => {
    expect(stable.answered).toBeGreaterThan(5);
    expect(canary.answered).toBeGreaterThan(10);
  });

  test.each(['requests', 'success-rate'])(
    'of %s count what the canary answered, and what of it failed',
    async (name) => {
      const all = await samples();
      const selectors = await selectorsOf(name);
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) {
        const counted = selector.includes('"5.."') ? Math.floor(canary.answered / 2) : canary.answered;
        expect({ selector, count: sumOf(selector, all) }).toEqual({ selector, count: counted });
      }
    },
  );

  test('of latency find a histogram of the same requests', async () => {
    const all = await samples();
    const selectors = await selectorsOf('latency');
    const counts = selectors.filter((selector) => selector.includes('_count{'));
    expect(counts).toHaveLength(3);
    for (const selector of counts) expect(sumOf(selector, all)).toBe(canary.answered);
    const buckets = selectors.filter((selector) => selector.includes('_bucket{'));
    expect(buckets).toHaveLength(3);
    const whole = all.filter(({ labels }) => labels.get('le') === '+Inf');
    for (const selector of buckets) expect(sumOf(selector, whole)).toBe(canary.answered);
  });
});
