/**
 * The process: builds the parts, starts them, and stops them on a signal or when one of them fails.
 */
import { hostname } from 'node:os';
import process from 'node:process';
import { type Config, readCommandLine } from './config.ts';
import { announceAll, createCaches, refreshCaches, stopCaches, type Caches } from './controllers/caches.ts';
import { analysisRunController } from './controllers/analysis-run/controller.ts';
import { experimentController } from './controllers/experiment/controller.ts';
import { rolloutController } from './controllers/rollout/controller.ts';
import { settingsOf, type Settings } from './environment.ts';
import { FlagError } from './flags.ts';
import { type Controllers, type Mandate, mandateOf } from './mandate.ts';
import { Client } from './runtime/client.ts';
import { realClock } from './runtime/clock.ts';
import { type Controller, ControllerRunner } from './runtime/controller.ts';
import { type HttpEndpoint, healthRoutes, metricsRoutes, serveHttp } from './runtime/http-endpoint.ts';
import { loadKubeConfig, ownNamespace } from './runtime/kubeconfig.ts';
import { ServerPace } from './runtime/server-pace.ts';
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
  readonly runners: readonly ControllerRunner[];
  readonly mandate: Mandate;
  /** What the mandate starts. */
  readonly controllers: Controllers;
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
  const pace = new ServerPace(clock);
  const client = new Client({
    transport: pace.timed(transport),
    clock,
    metrics,
    userAgent,
    qps: config.qps,
    burst: config.burst,
  });
  const identity = `${hostname()}_${process.pid}_${Date.now().toString(36)}`;
  const failure = Promise.withResolvers<never>();
  // It may reject before `run` waits for it, which Node would report as an unhandled rejection.
  failure.promise.catch(() => undefined);

  const common = { client, clock, logger, metrics, namespace: config.namespaced ? namespace : undefined };
  const mandate = mandateOf(config, { ...common, namespace, identity, fail: failure.reject });
  const { mayWrite, reports } = mandate;
  const caches = createCaches({ ...common, instanceId: config.instanceId });
  const shared = { ...common, caches, identity, mayWrite, reports };
  const { rolloutThreads, analysisThreads, experimentThreads, resyncMs, propagationMs, proxiesToAsk } = config;
  const outside = { ...settings, environment: process.env, controllerNamespace: namespace };
  const all: readonly Controller[] = [
    { ...rolloutController({ ...shared, threads: rolloutThreads, resyncMs, propagationMs, proxiesToAsk }), pace },
    analysisRunController({ ...shared, ...outside, threads: analysisThreads, resyncMs }),
    { ...experimentController({ ...shared, threads: experimentThreads, resyncMs }), pace },
  ];
  const runners = all.map((controller) => new ControllerRunner(mandate.limited(controller), common));
  const controllers: Controllers = {
    start: async () => {
      await Promise.all(runners.map((runner) => runner.start()));
    },
    refresh: async () => {
      const refreshed = [refreshCaches(caches), ...all.map(async (one) => (await one.refresh?.()) ?? true)];
      return !(await Promise.all(refreshed)).includes(false);
    },
    announceAll: () => announceAll(caches),
  };
  const { promise: failed } = failure;
  return { logger, metrics, identity, transport, caches, runners, mandate, controllers, endpoints: [], failed };
}

/** Opens the ports, then starts to work or to wait for the lease. */
async function start(parts: Parts, { bindAddress: host, healthzPort, metricsPort }: Config): Promise<void> {
  const { runners, mandate, controllers, endpoints, logger, metrics, identity } = parts;
  const isSynced = (): boolean => runners.every((runner) => runner.isSynced);
  const health = healthRoutes(() =>
    mandate.isInForce() && !isSynced() ? 'the caches are not complete yet' : undefined,
  );
  endpoints.push(await serveHttp({ host, port: healthzPort, routes: health }));
  endpoints.push(await serveHttp({ host, port: metricsPort, routes: metricsRoutes(metrics.registry) }));
  logger.info({ version: VERSION, identity }, 'Started');
  mandate.begin(controllers);
}

/** Also where the start has failed half-way: what has not started stops at once. */
async function stop(parts: Parts, graceMs: number): Promise<void> {
  const { caches, runners, mandate, endpoints, transport, logger } = parts;
  await Promise.all(runners.map((runner) => runner.stop(graceMs)));
  await stopCaches(caches);
  await mandate.end();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  await transport.close();
  logger.info('Stopped');
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
