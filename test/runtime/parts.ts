/** Builders for the runtime's parts as tests want them: quiet, fast to retry, with metrics of their own. */
import { Client } from '../../src/runtime/client.ts';
import { type Clock, realClock } from '../../src/runtime/clock.ts';
import { Transport } from '../../src/runtime/transport.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { FakeApiServer } from './fake-api-server.ts';

export const quietLogger = createLogger({ level: 'silent', format: 'json' });

export function testMetrics() {
  return createMetrics({ version: '0.0.0' });
}

export interface ClientParts {
  readonly client: Client;
  readonly transport: Transport;
  readonly metrics: ReturnType<typeof testMetrics>;
}

export function clientOf(
  server: FakeApiServer,
  options: { qps?: number; burst?: number; timeoutMs?: number; clock?: Clock } = {},
): ClientParts {
  const clock = options.clock ?? realClock;
  const transport = new Transport(server.kubeConfig(), clock);
  const metrics = testMetrics();
  const client = new Client({ userAgent: 'serin-test', metrics, qps: 200, burst: 400, ...options, clock, transport });
  return { client, transport, metrics };
}
