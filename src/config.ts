/**
 * The configuration of the process: flags to one frozen value, named as users know them (spec 9.4).
 * It reads no file and contacts nobody.
 */
import { flagHelp, FlagError, parseFlags, type FlagTable } from './flags.ts';

const FLAGS = {
  help: { kind: 'switch', default: false, help: 'print this and exit' },
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
    help: 'namespace of the controller itself: of its Lease and, with --namespaced, of the Rollouts',
  },
  namespaced: { kind: 'switch', default: false, help: 'only look after the Rollouts of --namespace' },
  'instance-id': {
    kind: 'text',
    default: '',
    help: 'only look after Rollouts that carry this controller-instance-id label; empty: those without the label',
  },
  'rollout-resync': {
    kind: 'count',
    default: 900,
    help: 'seconds after which every Rollout is looked at again without an event',
  },
  'rollout-threads': { kind: 'count', default: 10, help: 'how many Rollouts are reconciled at a time' },
  'nginx-ingress-classes': {
    kind: 'list',
    default: ['nginx'],
    help: "class whose Ingresses wake their Rollouts, repeatable; '' stands for Ingresses without a class",
  },
  qps: { kind: 'count', default: 1000, help: 'requests a second to the API server in the long run' },
  burst: { kind: 'count', default: 2000, help: 'requests to the API server at once after a quiet time' },
  'leader-elect': { kind: 'switch', default: true, help: 'act only while holding the Lease' },
  'leader-election-lease-duration': {
    kind: 'milliseconds',
    default: 15_000,
    help: 'how long others wait for a leader that is silent',
  },
  'leader-election-renew-deadline': {
    kind: 'milliseconds',
    default: 10_000,
    help: 'how long a leader tries to renew before it gives up',
  },
  'leader-election-retry-period': {
    kind: 'milliseconds',
    default: 2_000,
    help: 'time between two attempts on the Lease',
  },
  'bind-address': { kind: 'text', default: '0.0.0.0', help: 'address that the ports below listen on' },
  metricsPort: { kind: 'count', default: 8090, aliases: ['metricsport'], help: 'port of /metrics' },
  healthzPort: { kind: 'count', default: 8080, help: 'port of /healthz and /readyz' },
  loglevel: { kind: 'text', default: 'info', help: 'trace, debug, info, warn or error' },
  logformat: { kind: 'text', default: 'json', help: 'json, or text for people' },
} as const satisfies FlagTable;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
const LOG_FORMATS = ['json', 'text'] as const;

export interface Config {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly namespaced: boolean;
  readonly instanceId: string;
  readonly resyncMs: number;
  readonly rolloutThreads: number;
  readonly nginxIngressClasses: readonly string[];
  readonly qps: number;
  readonly burst: number;
  readonly leaderElect: boolean;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
  readonly bindAddress: string;
  readonly metricsPort: number;
  readonly healthzPort: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFormat: (typeof LOG_FORMATS)[number];
}

export type CommandLine = { readonly config: Config } | { readonly print: string };

/** What the arguments ask for. Throws a FlagError for a flag that is unknown or makes no sense. */
export function readCommandLine(args: readonly string[], version: string): CommandLine {
  const flags = parseFlags(FLAGS, args);
  if (flags.help) return { print: `Serin ${version}: canary rollouts for Kubernetes\n\nFlags:\n${flagHelp(FLAGS)}\n` };
  if (flags.version) return { print: `${version}\n` };
  if (flags.namespaced && flags.namespace === '') throw new FlagError('--namespaced needs --namespace');
  return {
    config: Object.freeze({
      kubeconfig: flags.kubeconfig,
      context: flags.context,
      namespace: flags.namespace,
      namespaced: flags.namespaced,
      instanceId: flags['instance-id'],
      resyncMs: flags['rollout-resync'] * 1000,
      rolloutThreads: flags['rollout-threads'],
      nginxIngressClasses: flags['nginx-ingress-classes'],
      qps: flags.qps,
      burst: flags.burst,
      leaderElect: flags['leader-elect'],
      leaseDurationMs: flags['leader-election-lease-duration'],
      renewDeadlineMs: flags['leader-election-renew-deadline'],
      retryPeriodMs: flags['leader-election-retry-period'],
      bindAddress: flags['bind-address'],
      metricsPort: flags.metricsPort,
      healthzPort: flags.healthzPort,
      logLevel: oneOf('loglevel', LOG_LEVELS, flags.loglevel),
      // The flag is empty in manifests that people bring along.
      logFormat: oneOf('logformat', LOG_FORMATS, flags.logformat === '' ? 'json' : flags.logformat),
    }),
  };
}

function oneOf<Choice extends string>(name: string, choices: readonly Choice[], text: string): Choice {
  const choice = choices.find((one) => one === text);
  if (choice === undefined)
    throw new FlagError(`--${name} is one of ${choices.join(', ')}, not ${JSON.stringify(text)}`);
  return choice;
}
