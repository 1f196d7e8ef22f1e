import { describe, expect, test } from 'vitest';
import { type Config, readCommandLine } from '../src/config.ts';
import { FlagError } from '../src/flags.ts';

function read(...args: string[]): { config: Config; warnings: readonly string[] } {
  const commandLine = readCommandLine(args, '1.2.3');
  if ('print' in commandLine) throw new Error('There is only something to print');
  return commandLine;
}

function printed(...args: string[]): string {
  const commandLine = readCommandLine(args, '1.2.3');
  if (!('print' in commandLine)) throw new Error('There is nothing to print');
  return commandLine.print;
}

test('without arguments everything has a value', () => {
  expect(read()).toEqual({
    config: {
      kubeconfig: '',
      context: '',
      namespace: '',
      namespaced: false,
      instanceId: '',
      resyncMs: 900_000,
      propagationMs: null,
      proxiesToAsk: [],
      rolloutThreads: 10,
      analysisThreads: 1000,
      experimentThreads: 10,
      qps: 1000,
      burst: 2000,
      shards: 1,
      leaderElect: true,
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2000,
      bindAddress: '',
      metricsPort: 8090,
      healthzPort: 8080,
      logLevel: 'info',
      logFormat: 'json',
    },
    warnings: [],
  });
});

describe('each flag', () => {
  test.each<[string[], Partial<Config>]>([
    [['--kubeconfig=/etc/kube/config'], { kubeconfig: '/etc/kube/config' }],
    [['--context', 'staging'], { context: 'staging' }],
    [['--namespace=shop'], { namespace: 'shop' }],
    [['-n', 'shop'], { namespace: 'shop' }],
    [['--namespaced'], { namespaced: true }],
    [['--namespaced=True', '-n', 'shop'], { namespaced: true, namespace: 'shop' }],
    [['--instance-id=blue'], { instanceId: 'blue' }],
    [['--rollout-resync=60'], { resyncMs: 60_000 }],
    [['--rollout-resync=0'], { resyncMs: 0 }],
    [['--traffic-propagation-time=10s'], { propagationMs: 10_000 }],
    [['--traffic-propagation-time=0'], { propagationMs: 0 }],
    [['--rollout-threads=1'], { rolloutThreads: 1 }],
    [['--analysis-threads=30'], { analysisThreads: 30 }],
    [['--experiment-threads=3'], { experimentThreads: 3 }],
    [['--qps=40', '--burst=80'], { qps: 40, burst: 80 }],
    [['--shards=4'], { shards: 4 }],
    [['--shards=1', '--leader-elect=false'], { shards: 1, leaderElect: false }],
    [['--leader-elect=false'], { leaderElect: false }],
    [['--leader-elect=0'], { leaderElect: false }],
    [
      [
        '--leader-election-lease-duration=1m30s',
        '--leader-election-renew-deadline=1m',
        '--leader-election-retry-period=500ms',
      ],
      { leaseDurationMs: 90_000, renewDeadlineMs: 60_000, retryPeriodMs: 500 },
    ],
    [['--bind-address=::1'], { bindAddress: '::1' }],
    [['--metricsPort=9090'], { metricsPort: 9090 }],
    [['--metricsport=9090'], { metricsPort: 9090 }],
    [['--healthzPort=65535'], { healthzPort: 65_535 }],
    [['--healthzPort=0', '--metricsPort=0'], { healthzPort: 0, metricsPort: 0 }],
    [['--loglevel=debug'], { logLevel: 'debug' }],
    [['--loglevel=warning'], { logLevel: 'warn' }],
    [['--loglevel=WARN'], { logLevel: 'warn' }],
    [['--loglevel=fatal'], { logLevel: 'fatal' }],
    [['--loglevel=panic'], { logLevel: 'fatal' }],
    [['--logformat=text'], { logFormat: 'text' }],
    [['--logformat='], { logFormat: 'json' }],
  ])('%j', (args, expected) => {
    expect(read(...args)).toEqual({ config: { ...read().config, ...expected }, warnings: [] });
  });
});

describe('what makes no sense is refused', () => {
  test.each([
    [['--leader-elct'], 'unknown flag: --leader-elct'],
    [['--rollout-threads=0'], '--rollout-threads must be at least 1, not 0'],
    [['--analysis-threads=0'], '--analysis-threads must be at least 1, not 0'],
    [['--qps=0'], '--qps must be at least 1, not 0'],
    [['--burst=0'], '--burst must be at least 1, not 0'],
    [['--shards=0'], '--shards must be at least 1, not 0'],
    [['--shards=65'], '--shards must be at most 64, not 65'],
    [['--shards=2', '--leader-elect=false'], '--shards needs --leader-elect'],
    [['--leader-election-retry-period=0s'], '--leader-election-retry-period must be at least 100ms, not 0ms'],
    [['--leader-election-lease-duration=10s'], '--leader-election-lease-duration must be longer than'],
    [['--leader-election-renew-deadline=15s'], '--leader-election-lease-duration must be longer than'],
    [['--leader-election-renew-deadline=2s'], '--leader-election-renew-deadline must be longer than'],
    [['--metricsPort=8080'], '--metricsPort and --healthzPort must be different'],
    [['--healthzPort=65536'], '--healthzPort must be at most 65535, not 65536'],
    [['--loglevel=loud'], '--loglevel must be one of trace, debug, info, warn, error, fatal, not "loud"'],
    [['--loglevel=constructor'], '--loglevel must be one of'],
    [['--logformat=xml'], '--logformat must be one of json, text, not "xml"'],
    [['--controllers=analysis'], '--controllers can only be rollouts, not analysis'],
    [['--controllers=rollouts,analysis'], '--controllers can only be rollouts, not analysis'],
    [['--self-service-notification-enabled'], '--self-service-notification-enabled can only be false'],
    [['--ingress-api-version=extensions/v1beta1'], '--ingress-api-version can only be networking.k8s.io/v1'],
    [['--analysis-threads=many'], '--analysis-threads must be a whole number, not "many"'],
  ])('%j', (args, message) => {
    const attempt = (): unknown => read(...args);
    expect(attempt).toThrow(FlagError);
    expect(attempt).toThrow(message);
  });
});

describe('a flag of other controllers that tunes what is not here is named in a warning and changes nothing', () => {
  test.each([
    '--kloglevel=5',
    '--service-threads=5',
    '--ingress-threads=5',
    '--ephemeral-metadata-threads=5',
    '--ephemeral-metadata-update-pod-retries=5',
    '--nginx-ingress-classes=public',
    '--alb-ingress-classes=internal',
    '--alb-tag-key-resource-id=a/b',
    '--alb-verify-weight',
    '--aws-verify-target-group=true',
    '--aws-target-group-binding-api-version=elbv2.k8s.aws/v1beta1',
    '--ambassador-api-version=getambassador.io/v2',
    '--appmesh-crd-version=v1beta2',
    '--istio-api-version=v1beta1',
    '--traefik-api-group=traefik.containo.us',
    '--traefik-api-version=traefik.io/v1alpha1',
    '--traffic-split-api-version=v1alpha1',
    '--ingress-api-version=networking.k8s.io/v1',
    '--enable-pprof-address=127.0.0.1:8888',
    '--controllers=rollouts',
    '--self-service-notification-enabled=false',
  ])('%s', (arg) => {
    const { config, warnings } = read(arg);
    expect(config).toEqual(read().config);
    expect(warnings).toEqual([expect.stringMatching(`^${arg.split('=', 1)[0]} has no effect: .`)]);
  });

  test('several are named one by one', () => {
    expect(read('--kloglevel=0', '--loglevel=info', '--service-threads', '30').warnings).toHaveLength(2);
  });
});

describe('what is only printed', () => {
  test.each(['--help', '-h'])('%s explains the flags, also those without effect', (flag) => {
    const help = printed(flag);
    expect(help).toContain('Serin 1.2.3');
    expect(help).toMatch(/-n, --namespace\n +namespace of the controller:/);
    expect(help).toMatch(/accepted without effect:\n[^]*--kloglevel\n/);
  });

  test('--version', () => {
    expect(printed('--version')).toBe('1.2.3\n');
  });
});
