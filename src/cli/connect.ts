/** Connects a command to the cluster that its options and the kubeconfig name. */
import { goDurationSeconds } from '../kube/duration.ts';
import { Client } from '../runtime/client.ts';
import { realClock } from '../runtime/clock.ts';
import { ownNamespace } from '../runtime/kubeconfig.ts';
import { Transport } from '../runtime/transport.ts';
import { VERSION } from '../version.ts';
import type { Cluster } from '../clients/cluster.ts';
import { UsageError } from './errors.ts';
import type { GlobalOptions } from './global-options.ts';
import { chosenKubeConfig } from './kube-config.ts';
import { loggedTransport } from './logged-transport.ts';
import type { Terminal } from './terminal.ts';

/** A person waits for every request; these only keep a script's loop from flooding the API server. */
const LIMIT = { qps: 50, burst: 300 };
const NO_METRICS = { apiRequests: { inc: () => undefined }, clientThrottleSeconds: { inc: () => undefined } };

/** `limits`: how many connections may be open at once, for a command that watches more than others. */
export function connect(
  options: GlobalOptions,
  terminal: Terminal,
  limits: { readonly connections?: number } = {},
): Cluster {
  const kubeConfig = chosenKubeConfig(options);
  const clock = realClock;
  const transport = new Transport(kubeConfig, clock, { http2: true, ...limits });
  const timeoutMs = timeoutOf(options['request-timeout']);
  const client = new Client({
    transport: loggedTransport(transport, options, terminal),
    clock,
    metrics: NO_METRICS,
    userAgent: `kubectl-serin/${VERSION}`,
    ...LIMIT,
    ...(timeoutMs === 0 ? {} : { timeoutMs }),
  });
  return { client, clock, namespace: ownNamespace(options, kubeConfig), close: () => transport.close() };
}

/** As kubectl reads it: a number without a unit counts seconds. */
function timeoutOf(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : goDurationSeconds(text);
  if (seconds === null || seconds < 0)
    throw new UsageError(`--request-timeout must be a time such as 10s, not ${JSON.stringify(text)}`);
  return seconds * 1000;
}
