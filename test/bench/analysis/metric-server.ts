/**
 * Answers the web metrics of the bench on loopback, the same each time, and notes when each request came. Its paths are
 * `/GROUP/RUN/METRIC`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a metric store on the same network needs. */
const ANSWER_AFTER_MS = 20;

const ANSWER = JSON.stringify({ status: 'success', data: { errors: 3, p99: 0.21, requests: 12_345 } });

export interface Arrival {
  readonly group: string;
  readonly run: string;
  readonly metric: string;
  /** Milliseconds since the epoch, with a fraction. */
  readonly at: number;
}

export interface MetricServer extends AsyncDisposable {
  readonly url: string;
}

export async function startMetricServer(onArrival: (arrival: Arrival) => void): Promise<MetricServer> {
  const server = createServer((request, response) => {
    const at = performance.timeOrigin + performance.now();
    const [, group = '', run = '', metric = ''] = (request.url ?? '').split('/');
    onArrival({ group, run, metric, at });
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER), ANSWER_AFTER_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
