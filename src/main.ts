/**
 * The process: builds the parts by hand, starts them, and stops them on a signal. It is the only place
 * that knows all parts, and it decides nothing about Rollouts.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { KubeConfig } from '@kubernetes/client-node';
import { readCommandLine, type Config } from './config.ts';
import { RolloutController } from './controllers/rollout/controller.ts';
import { FlagError } from './flags.ts';
import { Client } from './runtime/client.ts';
import { realClock } from './runtime/clock.ts';
import { healthRoutes, metricsRoutes, serveHttp } from './runtime/http-endpoint.ts';
import { LeaderElection } from './runtime/leader-election.ts';
import { Transport } from './runtime/transport.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { VERSION } from './version.ts';

/** The pod's own grace period is 30 s; what is in hand takes milliseconds. */
const GRACE_MS = 10_000;
const OWN_NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

async function run(config: Config): Promise<void> {
  const logger = createLogger({ level: config.logLevel, format: config.logFormat });
  const clock = realClock;
  const metrics = createMetrics({ version: VERSION, commit: '' });
  const transport = new Transport(loadKubeConfig(config), clock);
  const client = new Client({
    transport,
    clock,
    metrics,
    userAgent: `serin/${VERSION}`,
    qps: config.qps,
    burst: config.burst,
  });
  const identity = `${hostname()}_${process.pid}_${Date.now().toString(36)}`;
  let mayWrite = () => true;
  const controller = new RolloutController({
    client,
    clock,
    logger,
    metrics,
    namespace: config.namespaced ? config.namespace : undefined,
    instanceId: config.instanceId,
    nginxIngressClasses: config.nginxIngressClasses,
    threads: config.rolloutThreads,
    resyncMs: config.resyncMs,
    identity,
    mayWrite: () => mayWrite(),
  });

  let leading = !config.leaderElect;
  const health = await serveHttp({
    host: config.bindAddress,
    port: config.healthzPort,
    routes: healthRoutes(() => (leading && !controller.isSynced ? 'the caches are not complete yet' : undefined)),
  });
  const metricsEndpoint = await serveHttp({
    host: config.bindAddress,
    port: config.metricsPort,
    routes: metricsRoutes(metrics.registry),
  });
  logger.info({ version: VERSION, identity }, 'Started');

  const fail = (error: unknown): never => {
    logger.fatal({ err: error }, 'Cannot go on');
    process.exit(1);
  };
  let election: LeaderElection | undefined;
  if (config.leaderElect) {
    election = new LeaderElection({
      client,
      clock,
      logger,
      metrics,
      lease: { namespace: leaseNamespace(config), name: leaseName(config.instanceId) },
      identity,
      leaseDurationMs: config.leaseDurationMs,
      renewDeadlineMs: config.renewDeadlineMs,
      retryPeriodMs: config.retryPeriodMs,
      onAcquired: () => {
        leading = true;
        controller.start().catch(fail);
      },
      // Whoever holds the lease now may be writing already; a new process starts from a clean cache.
      onLost: () => process.exit(1),
    });
    const elected = election;
    mayWrite = () => elected.isLeader();
    election.start();
  } else {
    controller.start().catch(fail);
  }

  const signal = await nextSignal();
  logger.info({ signal }, 'Stopping');
  if (leading) await controller.stop(GRACE_MS);
  await election?.stop();
  await Promise.all([health.close(), metricsEndpoint.close()]);
  await transport.close();
  logger.info('Stopped');
}

function loadKubeConfig({ kubeconfig, context }: Config): KubeConfig {
  const loaded = new KubeConfig();
  if (kubeconfig === '') loaded.loadFromDefault();
  else loaded.loadFromFile(kubeconfig);
  if (context !== '') loaded.setCurrentContext(context);
  return loaded;
}

function leaseName(instanceId: string): string {
  return instanceId === '' ? 'argo-rollouts-controller-lock' : `argo-rollouts-controller-lock-${instanceId}`;
}

/** The namespace of the pod, as its service account says; outside a cluster there is none. */
function leaseNamespace({ namespace }: Config): string {
  if (namespace !== '') return namespace;
  try {
    return readFileSync(OWN_NAMESPACE_FILE, 'utf8').trim();
  } catch {
    return 'default';
  }
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

try {
  const commandLine = readCommandLine(process.argv.slice(2), VERSION);
  if ('print' in commandLine) process.stdout.write(commandLine.print);
  else await run(commandLine.config);
} catch (error) {
  if (error instanceof FlagError) {
    process.stderr.write(`${error.message}\nSee --help.\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}
