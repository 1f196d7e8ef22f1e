/**
 * The configuration of the process: command-line flags, named as users know them, as one frozen value
 * (spec 9.4).
 */
import { LONGEST_PROPAGATION_MS } from './api/schema/propagation-time.ts';
import type { ProxyToAsk } from './controllers/rollout/ask-proxies.ts';
import { flagHelp, FlagError, parseFlags, type FlagTable } from './flags.ts';
import { proxyToAsk } from './proxy-flag.ts';
import { FOREIGN_FLAGS, foreignFlagWarnings } from './foreign-flags.ts';

const HIGHEST_PORT = 65_535;

/** Each process asks for every shard's lease every few seconds. */
const MOST_SHARDS = 64;

const FLAGS = {
  help: { kind: 'switch', default: false, aliases: ['h'], help: 'print this and exit' },
  version: { kind: 'switch', default: false, help: 'print the version and exit' },
  kubeconfig: {
    kind: 'text',
    default: '',
    help: 'path of the kubeconfig; default: $KUBECONFIG, ~/.kube/config, or the service account of the pod',
  },
  context: { kind: 'text', default: '', help: 'context of the kubeconfig to use' },
  namespace: {
    kind: 'text',
    default: '',
    aliases: ['n'],
    help:
      'namespace of the controller: its Lease is there and, with --namespaced, its Rollouts; default: the namespace of ' +
      'the kubeconfig context or of the pod',
  },
  namespaced: { kind: 'switch', default: false, help: "manage only the Rollouts in the controller's namespace" },
  'instance-id': {
    kind: 'text',
    default: '',
    help: 'manage only Rollouts with this controller-instance-id label; empty: Rollouts without the label',
  },
  'rollout-resync': {
    kind: 'count',
    default: 900,
    help: 'seconds after which every Rollout is reconciled again without an event; 0: never',
  },
  'traffic-propagation-time': {
    kind: 'milliseconds',
    default: null,
    maximum: LONGEST_PROPAGATION_MS,
    help:
      'how long a proxy may take to apply a change of an Ingress; pods are kept that long after traffic has left them; ' +
      'default: by the controller of the IngressClass',
  },
  'ask-proxies': {
    kind: 'list',
    default: [],
    help:
      'pods of a proxy that are asked what they act on, so that a former revision can be removed early: ' +
      'kind=traefik;namespace=NAMESPACE;selector=LABELS;port=PORT;class=INGRESSCLASS; may be given several times; ' +
      'name every proxy that serves the class; needs the component deploy/components/ask-proxies',
  },
  'rollout-threads': {
    kind: 'count',
    default: 10,
    minimum: 1,
    help: 'how many Rollouts are reconciled at the same time, at the most; fewer while the API server answers slowly',
  },
  'analysis-threads': {
    kind: 'count',
    // A run that measures waits for the network, up to half a minute for a metric store that is down, and costs a few
    // kilobytes until then. So few at a time would make all runs late together.
    default: 1000,
    minimum: 1,
    help: 'how many AnalysisRuns are reconciled at the same time; each mostly waits for its measurements',
  },
  'experiment-threads': {
    kind: 'count',
    default: 10,
    minimum: 1,
    help: 'how many Experiments are reconciled at the same time, at the most; fewer while the API server answers slowly',
  },
  qps: { kind: 'count', default: 1000, minimum: 1, help: 'sustained requests a second to the API server' },
  burst: { kind: 'count', default: 2000, minimum: 1, help: 'requests to the API server in a burst' },
  shards: {
    kind: 'count',
    default: 1,
    minimum: 1,
    maximum: MOST_SHARDS,
    help:
      'number of parts into which Rollouts, AnalysisRuns and Experiments are divided among the processes that have the ' +
      'same number; 1: one process does everything, and the others wait',
  },
  'leader-elect': { kind: 'switch', default: true, help: 'work only while holding the Lease' },
  'leader-election-lease-duration': {
    kind: 'milliseconds',
    default: 15_000,
    // A Lease stores whole seconds.
    minimum: 1000,
    help: 'how long other processes wait for a silent leader; longer than the renew deadline',
  },
  'leader-election-renew-deadline': {
    kind: 'milliseconds',
    default: 10_000,
    help: 'how long the leader tries to renew the Lease before it stops; longer than the retry period',
  },
  'leader-election-retry-period': {
    kind: 'milliseconds',
    default: 2_000,
    minimum: 100,
    help: 'time between two attempts to get or renew the Lease',
  },
  'bind-address': {
    kind: 'text',
    default: '',
    help: 'address to listen on; empty: all addresses, IPv4 and IPv6',
  },
  metricsPort: {
    kind: 'count',
    default: 8090,
    maximum: HIGHEST_PORT,
    aliases: ['metricsport'],
    help: 'port of /metrics; 0: any free port',
  },
  healthzPort: {
    kind: 'count',
    default: 8080,
    maximum: HIGHEST_PORT,
    help: 'port of /healthz and /readyz; 0: any free port',
  },
  loglevel: { kind: 'text', default: 'info', help: 'trace, debug, info, warn, error or fatal' },
  logformat: { kind: 'text', default: 'json', help: 'json, or text for people' },
} as const satisfies FlagTable;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
/** Names that other controllers have for these levels. */
const LOG_LEVEL_SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['warning', 'warn'],
  ['panic', 'fatal'],
]);
const LOG_FORMATS = ['json', 'text'] as const;

export interface Config {
  readonly kubeconfig: string;
  readonly context: string;
  /** Empty: runtime/kubeconfig.ts finds it. */
  readonly namespace: string;
  readonly namespaced: boolean;
  readonly instanceId: string;
  /** 0: never. */
  readonly resyncMs: number;
  /** `null`: as known for each kind of proxy. */
  readonly propagationMs: number | null;
  /** Proxies that are asked instead of waited for. */
  readonly proxiesToAsk: readonly ProxyToAsk[];
  readonly rolloutThreads: number;
  readonly analysisThreads: number;
  readonly experimentThreads: number;
  readonly qps: number;
  readonly burst: number;
  /** 1: the work is not divided. */
  readonly shards: number;
  readonly leaderElect: boolean;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
  /** Empty: every address. */
  readonly bindAddress: string;
  readonly metricsPort: number;
  readonly healthzPort: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFormat: (typeof LOG_FORMATS)[number];
}

export type CommandLine =
  | {
      readonly config: Config;
      /** Sentences to log at the start. */
      readonly warnings: readonly string[];
    }
  | { readonly print: string };

/** Throws a FlagError for a flag that is unknown or has a bad value. */
export function readCommandLine(args: readonly string[], version: string): CommandLine {
  const { values: flags, given } = parseFlags({ ...FLAGS, ...FOREIGN_FLAGS }, args);
  if (flags.help) return { print: helpOf(version) };
  if (flags.version) return { print: `${version}\n` };
  const warnings = foreignFlagWarnings(flags, given);
  const config: Config = {
    kubeconfig: flags.kubeconfig,
    context: flags.context,
    namespace: flags.namespace,
    namespaced: flags.namespaced,
    instanceId: flags['instance-id'],
    resyncMs: flags['rollout-resync'] * 1000,
    propagationMs: flags['traffic-propagation-time'],
    proxiesToAsk: flags['ask-proxies'].map(proxyToAsk),
    rolloutThreads: flags['rollout-threads'],
    analysisThreads: flags['analysis-threads'],
    experimentThreads: flags['experiment-threads'],
    qps: flags.qps,
    burst: flags.burst,
    shards: flags.shards,
    leaderElect: flags['leader-elect'],
    leaseDurationMs: flags['leader-election-lease-duration'],
    renewDeadlineMs: flags['leader-election-renew-deadline'],
    retryPeriodMs: flags['leader-election-retry-period'],
    bindAddress: flags['bind-address'],
    metricsPort: flags.metricsPort,
    healthzPort: flags.healthzPort,
    logLevel: oneOf('loglevel', LOG_LEVELS, logLevelNamed(flags.loglevel)),
    // Manifests for other controllers set the flag to ''.
    logFormat: oneOf('logformat', LOG_FORMATS, flags.logformat === '' ? 'json' : flags.logformat),
  };
  checkTogether(config);
  return { config: Object.freeze(config), warnings };
}

/** The rules between flags. */
function checkTogether(config: Config): void {
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs, metricsPort, healthzPort, shards, leaderElect } = config;
  if (shards > 1 && !leaderElect)
    throw new FlagError('--shards needs --leader-elect: the leases say which process has which shard');
  if (renewDeadlineMs >= leaseDurationMs)
    throw new FlagError('--leader-election-lease-duration must be longer than --leader-election-renew-deadline');
  if (retryPeriodMs >= renewDeadlineMs)
    throw new FlagError('--leader-election-renew-deadline must be longer than --leader-election-retry-period');
  if (metricsPort === healthzPort && metricsPort !== 0)
    throw new FlagError('--metricsPort and --healthzPort must be different');
}

function helpOf(version: string): string {
  return [
    `Serin ${version}: canary rollouts for Kubernetes`,
    `Flags:\n${flagHelp(FLAGS)}`,
    `Flags of other controllers, accepted without effect:\n${flagHelp(FOREIGN_FLAGS)}\n`,
  ].join('\n\n');
}

function logLevelNamed(text: string): string {
  const name = text.toLowerCase();
  return LOG_LEVEL_SYNONYMS.get(name) ?? name;
}

function oneOf<Choice extends string>(name: string, choices: readonly Choice[], text: string): Choice {
  const choice = choices.find((one) => one === text);
  if (choice === undefined)
    throw new FlagError(`--${name} must be one of ${choices.join(', ')}, not ${JSON.stringify(text)}`);
  return choice;
}
