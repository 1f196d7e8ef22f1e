/**
 * A page of metrics as ingress-nginx writes them, with counters that grow as if requests came at a steady rate. Names,
 * labels and buckets are those of its source (internal/ingress/metric/collectors/socket.go, release 1.15) and of the
 * client library that it uses. The canary's requests are counted under the stable Ingress and Service; the label
 * `canary` names the canary's backend there, and is empty for the stable one's.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one backend answers. */
export interface Flow {
  readonly perSecond: number;
  /** How many were counted before the page is read for the first time; 0 by default. */
  readonly before?: number;
  readonly errorPercent: number;
  /** Of every request. */
  readonly seconds: number;
}

export interface CountedIngress {
  readonly name: string;
  readonly stable: Flow;
  /** Null: it was never asked, so that there is no series of it. */
  readonly canary: Flow | null;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CONTROLLER = {
  controller_class: 'k8s.io/ingress-nginx',
  controller_namespace: 'ingress-nginx',
  controller_pod: 'ingress-nginx-controller-0',
};

export class IngressNginxMetrics implements AsyncDisposable {
  readonly #startedAt = performance.now();
  readonly #server: Server;

  private constructor(ingresses: readonly CountedIngress[]) {
    this.#server = createServer((_request, response) => {
      const seconds = (performance.now() - this.#startedAt) / 1_000;
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
      response.end(pageOf(ingresses, seconds));
    });
  }

  static async open(ingresses: readonly CountedIngress[]): Promise<IngressNginxMetrics> {
    const page = new IngressNginxMetrics(ingresses);
    await new Promise<void>((resolve, reject) => {
      page.#server.once('error', reject);
      page.#server.listen(0, '127.0.0.1', resolve);
    });
    return page;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/metrics`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** All requests of one status to one backend. */
interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
  readonly seconds: number;
}

function pageOf(ingresses: readonly CountedIngress[], seconds: number): string {
  const series = ingresses.flatMap(({ name, stable, canary }) => [
    ...seriesOf(name, '', stable, seconds),
    ...(canary === null ? [] : seriesOf(name, `default-${name}-canary-80`, canary, seconds)),
  ]);
  const [counter, histogram] = [
    'nginx_ingress_controller_requests',
    'nginx_ingress_controller_request_duration_seconds',
  ] as const;
  return [
    `# HELP ${histogram} The request processing time in milliseconds`,
    `# TYPE ${histogram} histogram`,
    ...series.flatMap((one) => histogramLines(histogram, one)),
    `# HELP ${counter} The total number of client requests`,
    `# TYPE ${counter} counter`,
    ...series.map(({ labels, count }) => line(counter, labels, count)),
    '',
  ].join('\n');
}

function seriesOf(ingress: string, canary: string, flow: Flow, seconds: number): readonly Series[] {
  const count = Math.floor(seconds * flow.perSecond) + (flow.before ?? 0);
  const failed = Math.floor((count * flow.errorPercent) / 100);
  const labels = {
    canary,
    ...CONTROLLER,
    host: `${ingress}.example.com`,
    ingress,
    method: 'GET',
    namespace: 'default',
    path: '/',
    service: ingress,
  };
  return [
    { labels: { ...labels, status: '200' }, count: count - failed, seconds: flow.seconds },
    { labels: { ...labels, status: '500' }, count: failed, seconds: flow.seconds },
  ].filter(({ count }) => count > 0);
}

function histogramLines(name: string, { labels, count, seconds }: Series): readonly string[] {
  const within = (le: number) => (seconds <= le ? count : 0);
  return [
    ...BUCKETS.map((le) => line(`${name}_bucket`, { ...labels, le: String(le) }, within(le))),
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
    line(`${name}_sum`, labels, count * seconds),
    line(`${name}_count`, labels, count),
  ];
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  return `${name}{${pairs.join(',')}} ${value}`;
}
