/**
 * The process: builds the parts, starts them, and stops them on a signal or when one of them fails.
 */
import { hostname } from 'node:os';
import process from 'node:process';
import { type Config, readCommandLine } from './config.ts';
import { createCaches, stopCaches, type Caches } from './controllers/caches.ts';
import { analysisRunController } from './controllers/analysis-run/controller.ts';
import { experimentController } from './controllers/experiment/controller.ts';
import { rolloutController } from './controllers/rollout/controller.ts';
import { settingsOf, type Settings } from './environment.ts';
import { FlagError } from './flags.ts';
import { Client } from './runtime/client.ts';
import { realClock } from './runtime/clock.ts';
import { ControllerRunner } from './runtime/controller.ts';
import { type HttpEndpoint, healthRoutes, metricsRoutes, serveHttp } from './runtime/http-endpoint.ts';
import { loadKubeConfig, ownNamespace } from './runtime/kubeconfig.ts';
import { LeaderElection } from './runtime/leader-election.ts';
import { Transport } from './runtime/transport.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { VERSION } from './version.ts';

/** The pod's own grace period is 30 s; what is in hand takes milliseconds. */
const GRACE_MS = 10_000;

interface Parts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly identity: string;
  readonly transport: Transport;
  readonly caches: Caches;
  readonly controllers: readonly ControllerRunner[];
  /** Absent where the process acts without a lease. */
  readonly election: LeaderElection | undefined;
  /** Sets to work, now or once the lease is held. */
  readonly begin: () => void;
  /** What listens already. */
  readonly endpoints: HttpEndpoint[];
  /** Rejects when a part cannot go on. */
  readonly failed: Promise<never>;
}

/** Returns the exit code; whatever happens, nothing is in hand and nothing listens any more. */
async function run(config: Config, settings: Settings, logger: Logger): Promise<number> {
  // Before anything starts, so that a signal is never the abrupt end that it is by default.
  const signalled = nextSignal();
  const parts = build(config, settings, logger);
  try {
    await start(parts, config);
    logger.info({ signal: await Promise.race([signalled, parts.failed]) }, 'Stopping');
  } catch (error) {
    logger.fatal({ err: error }, 'Cannot go on');
    // No grace period: another process may hold the lease by now.
    await stop(parts, 0);
    return 1;
  }
  await stop(parts, GRACE_MS);
  return 0;
}

/** Makes the parts; none of them listens, connects or works yet. */
function build(config: Config, settings: Settings, logger: Logger): Parts {
  const clock = realClock;
  const metrics = createMetrics({ version: VERSION });
  const kubeConfig = loadKubeConfig(config);
  const namespace = ownNamespace(config, kubeConfig);
  const transport = new Transport(kubeConfig, clock);
  const userAgent = `serin/${VERSION}`;
  const client = new Client({ transport, clock, metrics, userAgent, qps: config.qps, burst: config.burst });
  const identity = `${hostname()}_${process.pid}_${Date.now().toString(36)}`;
  const failure = Promise.withResolvers<never>();
  // It may reject before `run` waits for it, which Node would report as an unhandled rejection.
  failure.promise.catch(() => undefined);

  const common = { client, clock, logger, metrics, namespace: config.namespaced ? namespace : undefined };
  const caches = createCaches({ ...common, instanceId: config.instanceId });
  const shared = { ...common, caches, identity, mayWrite: () => election?.isLeader() ?? true };
  const { rolloutThreads, analysisThreads, experimentThreads, resyncMs, propagationMs } = config;
  const outside = { ...settings, environment: process.env, controllerNamespace: namespace };
  const controllers: readonly ControllerRunner[] = [
    rolloutController({ ...shared, threads: rolloutThreads, resyncMs, propagationMs }),
    analysisRunController({ ...shared, ...outside, threads: analysisThreads, resyncMs }),
    experimentController({ ...shared, threads: experimentThreads, resyncMs }),
  ].map((controller) => new ControllerRunner(controller, common));
  const startControllers = (): void => {
    for (const controller of controllers) void controller.start().catch(failure.reject);
  };
  const election = config.leaderElect
    ? new LeaderElection({
        client,
        clock,
        logger,
        metrics,
        lease: { namespace, name: leaseName(config.instanceId) },
        identity,
        leaseDurationMs: config.leaseDurationMs,
        renewDeadlineMs: config.renewDeadlineMs,
        retryPeriodMs: config.retryPeriodMs,
        onAcquired: startControllers,
        // A new process starts from clean caches.
        onLost: () => failure.reject(new Error('The lease is lost')),
      })
    : undefined;
  const begin = election === undefined ? startControllers : () => election.start();
  const { promise: failed } = failure;
  return { logger, metrics, identity, transport, caches, controllers, election, begin, endpoints: [], failed };
}

/** Opens the ports, then starts to work or to wait for the lease. */
async function start(parts: Parts, { bindAddress: host, healthzPort, metricsPort }: Config): Promise<void> {
  const { controllers, election, endpoints, logger, metrics, identity, begin } = parts;
  const leads = (): boolean => election?.isLeader() ?? true;
  const isSynced = (): boolean => controllers.every((controller) => controller.isSynced);
  const health = healthRoutes(() => (leads() && !isSynced() ? 'the caches are not complete yet' : undefined));
  endpoints.push(await serveHttp({ host, port: healthzPort, routes: health }));
  endpoints.push(await serveHttp({ host, port: metricsPort, routes: metricsRoutes(metrics.registry) }));
  logger.info({ version: VERSION, identity }, 'Started');
  begin();
}

/** Also where the start has failed half-way: what has not started stops at once. */
async function stop(parts: Parts, graceMs: number): Promise<void> {
  const { caches, controllers, election, endpoints, transport, logger } = parts;
  await Promise.all(controllers.map((controller) => controller.stop(graceMs)));
  await stopCaches(caches);
  await election?.stop();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  await transport.close();
  logger.info('Stopped');
}

function leaseName(instanceId: string): string {
  return instanceId === '' ? 'argo-rollouts-controller-lock' : `argo-rollouts-controller-lock-${instanceId}`;
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const commandLine = readCommandLine(args, VERSION);
    if ('print' in commandLine) {
      process.stdout.write(commandLine.print);
      return 0;
    }
    const { config, warnings } = commandLine;
    const settings = settingsOf(process.env);
    const logger = createLogger({ level: config.logLevel, format: config.logFormat });
    for (const warning of warnings) logger.warn(warning);
    return await run(config, settings, logger);
  } catch (error) {
    if (error instanceof FlagError) {
      process.stderr.write(`${error.message}\nSee --help.\n`);
      return 2;
    }
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

// A forgotten timer or connection must not keep a stopped process alive. No output is lost: the logger
// and Node's standard streams to files and pipes write synchronously.
void main(process.argv.slice(2)).then((code) => process.exit(code));
