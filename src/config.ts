/**
 * The configuration of the process: flags to one frozen value, named as users know them (spec 9.4).
 * It reads no file and contacts nobody.
 */
import { LONGEST_PROPAGATION_MS } from './api/propagation-time.ts';
import { flagHelp, FlagError, parseFlags, type FlagTable } from './flags.ts';
import { FOREIGN_FLAGS, foreignFlagWarnings } from './foreign-flags.ts';

const HIGHEST_PORT = 65_535;

const FLAGS = {
  help: { kind: 'switch', default: false, aliases: ['h'], help: 'print this and exit' },
  version: { kind: 'switch', default: false, help: 'print the version and exit' },
  kubeconfig: {
    kind: 'text',
    default: '',
    help: 'path of a kubeconfig; without it $KUBECONFIG, ~/.kube/config, or the service account of the pod',
  },
  context: { kind: 'text', default: '', help: 'context of the kubeconfig to use' },
  namespace: {
    kind: 'text',
    default: '',
    aliases: ['n'],
    help:
      'namespace of the controller itself: of its Lease and, with --namespaced, of the Rollouts; empty: that of the ' +
      'context of the kubeconfig or of the pod',
  },
  namespaced: { kind: 'switch', default: false, help: "only look after the Rollouts of the controller's namespace" },
  'instance-id': {
    kind: 'text',
    default: '',
    help: 'only look after Rollouts that carry this controller-instance-id label; empty: those without the label',
  },
  'rollout-resync': {
    kind: 'count',
    default: 900,
    help: 'seconds after which every Rollout is looked at again without an event; 0: never',
  },
  'traffic-propagation-time': {
    kind: 'milliseconds',
    default: null,
    maximum: LONGEST_PROPAGATION_MS,
    help:
      'how long a proxy may take to act on a change of an Ingress: pods that it may still send requests to live on ' +
      "for so long; without it as long as is known of the proxy's kind, told by the IngressClass",
  },
  'rollout-threads': { kind: 'count', default: 10, minimum: 1, help: 'how many Rollouts are reconciled at a time' },
  qps: { kind: 'count', default: 1000, minimum: 1, help: 'requests a second to the API server in the long run' },
  burst: { kind: 'count', default: 2000, minimum: 1, help: 'requests to the API server at once after a quiet time' },
  'leader-elect': { kind: 'switch', default: true, help: 'act only while holding the Lease' },
  'leader-election-lease-duration': {
    kind: 'milliseconds',
    default: 15_000,
    // A Lease says whole seconds.
    minimum: 1000,
    help: 'how long others wait for a leader that is silent; longer than the renew deadline',
  },
  'leader-election-renew-deadline': {
    kind: 'milliseconds',
    default: 10_000,
    help: 'how long a leader tries to renew before it gives up; longer than the retry period',
  },
  'leader-election-retry-period': {
    kind: 'milliseconds',
    default: 2_000,
    minimum: 100,
    help: 'time between two attempts on the Lease',
  },
  'bind-address': {
    kind: 'text',
    default: '',
    help: 'address that the ports below listen on; empty: every address, IPv6 and IPv4',
  },
  metricsPort: {
    kind: 'count',
    default: 8090,
    maximum: HIGHEST_PORT,
    aliases: ['metricsport'],
    help: 'port of /metrics; 0: any free one',
  },
  healthzPort: {
    kind: 'count',
    default: 8080,
    maximum: HIGHEST_PORT,
    help: 'port of /healthz and /readyz; 0: any free one',
  },
  loglevel: { kind: 'text', default: 'info', help: 'trace, debug, info, warn, error or fatal' },
  logformat: { kind: 'text', default: 'json', help: 'json, or text for people' },
} as const satisfies FlagTable;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
/** Levels that other controllers know by another name. */
const LOG_LEVEL_SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['warning', 'warn'],
  ['panic', 'fatal'],
]);
const LOG_FORMATS = ['json', 'text'] as const;

export interface Config {
  readonly kubeconfig: string;
  readonly context: string;
  /** Empty: to be found out (see kubeconfig.ts). */
  readonly namespace: string;
  readonly namespaced: boolean;
  readonly instanceId: string;
  /** 0: never. */
  readonly resyncMs: number;
  /** `null`: each proxy as its kind does. */
  readonly propagationMs: number | null;
  readonly rolloutThreads: number;
  readonly qps: number;
  readonly burst: number;
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

/** What the arguments ask for. Throws a FlagError for a flag that is unknown or makes no sense. */
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
    rolloutThreads: flags['rollout-threads'],
    qps: flags.qps,
    burst: flags.burst,
    leaderElect: flags['leader-elect'],
    leaseDurationMs: flags['leader-election-lease-duration'],
    renewDeadlineMs: flags['leader-election-renew-deadline'],
    retryPeriodMs: flags['leader-election-retry-period'],
    bindAddress: flags['bind-address'],
    metricsPort: flags.metricsPort,
    healthzPort: flags.healthzPort,
    logLevel: oneOf('loglevel', LOG_LEVELS, logLevelNamed(flags.loglevel)),
    // The flag is empty in manifests that people bring along.
    logFormat: oneOf('logformat', LOG_FORMATS, flags.logformat === '' ? 'json' : flags.logformat),
  };
  checkTogether(config);
  return { config: Object.freeze(config), warnings };
}

/** What no flag can say alone. */
function checkTogether(config: Config): void {
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs, metricsPort, healthzPort } = config;
  if (renewDeadlineMs >= leaseDurationMs)
    throw new FlagError('--leader-election-lease-duration must be longer than --leader-election-renew-deadline');
  if (retryPeriodMs >= renewDeadlineMs)
    throw new FlagError('--leader-election-renew-deadline must be longer than --leader-election-retry-period');
  if (metricsPort === healthzPort && metricsPort !== 0)
    throw new FlagError('--metricsPort and --healthzPort must be two ports');
}

function helpOf(version: string): string {
  return [
    `Serin ${version}: canary rollouts for Kubernetes`,
    `Flags:\n${flagHelp(FLAGS)}`,
    `Flags of other controllers that are accepted and have no effect:\n${flagHelp(FOREIGN_FLAGS)}\n`,
  ].join('\n\n');
}

function logLevelNamed(text: string): string {
  const name = text.toLowerCase();
  return LOG_LEVEL_SYNONYMS.get(name) ?? name;
}

function oneOf<Choice extends string>(name: string, choices: readonly Choice[], text: string): Choice {
  const choice = choices.find((one) => one === text);
  if (choice === undefined)
    throw new FlagError(`--${name} is one of ${choices.join(', ')}, not ${JSON.stringify(text)}`);
  return choice;
}
