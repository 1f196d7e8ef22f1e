/**
 * The ClusterAnalysisTemplates of deploy/analysis-templates/, applied as their page says, and releases that are measured
 * with them. In the place of Prometheus a page of this test answers in its format; it evaluates no query.
 */
import { describe } from 'vitest';
import { applyTemplates } from './analysis-examples.ts';
import { routedRollout, routing } from './manifests.ts';
import { MetricPage } from './metric-page.ts';
import { oneByOne as test, type Session } from './session.ts';

const NAMES = ['ingress-nginx', 'traefik'].flatMap((proxy) =>
  ['latency', 'requests', 'success-rate'].map((what) => `${proxy}-${what}`),
);

test('every template is accepted, also by a server-side apply', async ({ session, expect }) => {
  await applyTemplates(session);
  const again = await applyTemplates(session);
  const lines = (printed: string, done: string) =>
    NAMES.map((name) => `clusteranalysistemplate.argoproj.io/${name} ${done}`).filter((line) => printed.includes(line));
  expect(lines(again, 'unchanged')).toHaveLength(NAMES.length);
  const options = ['--server-side', '--dry-run=server', '--field-manager=gitops'];
  const printed = await session.kubectl('apply', ...options, '-k', 'deploy/analysis-templates');
  expect(lines(printed, 'serverside-applied')).toHaveLength(NAMES.length);
});

const PROXIES = [
  { proxy: 'ingress-nginx', args: { ingress: 'web', 'canary-service': 'web-canary' } },
  { proxy: 'traefik', args: { ingress: 'web', service: 'web' } },
] as const;

/** As Prometheus answers an instant query. */
function vector(...samples: readonly string[]): object {
  const result = samples.map((sample) => ({ metric: {}, value: [1_767_323_045, sample] }));
  return { status: 'success', data: { resultType: 'vector', result } };
}

function measuredRollout(image: string, { proxy, args }: (typeof PROXIES)[number], address: string) {
  const quick = { address, window: '1s', interval: '1s', count: '2' };
  const given = Object.entries({ ...args, ...quick }).map(([name, value]) => ({ name, value }));
  const namespace = { name: 'namespace', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } };
  const templates = [{ templateName: `${proxy}-success-rate`, clusterScope: true }];
  return routedRollout({
    image,
    replicas: 2,
    canary: {
      steps: [
        { setWeight: 20 },
        { analysis: { templates, args: [...given, namespace] } },
        { setWeight: 60 },
        { pause: {} },
      ],
    },
  });
}

describe.for(PROXIES)('a release that is measured with $proxy-success-rate', (proxy) => {
  const release = async (session: Session, page: MetricPage) => {
    await applyTemplates(session);
    await session.apply(...routing(), measuredRollout('web:1', proxy, page.url));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
    await session.apply(measuredRollout('web:2', proxy, page.url));
  };

  test('goes on when enough requests succeed', async ({ session }) => {
    await using page = await MetricPage.open(vector('0.995'));
    await release(session, page);
    await session.until('web', { phase: 'Paused', message: 'CanaryPauseStep', index: 3, weight: 60 });
  });

  test('goes back when too many fail', async ({ session, expect }) => {
    await using page = await MetricPage.open(vector('0.7'));
    await release(session, page);
    const { message } = await session.until('web', { phase: 'Degraded', aborted: true, weight: 0, index: 0 });
    expect(message).toContain('Metric "success-rate" assessed Failed due to failed (1) > failureLimit (0)');
  });

  test('waits for a person when there are no requests to judge', async ({ session, expect }) => {
    await using page = await MetricPage.open(vector());
    await release(session, page);
    await session.until('web', { phase: 'Paused', message: 'InconclusiveAnalysisRun', index: 1, weight: 20 });
    const [run] = await session.list('analysisruns');
    expect(run?.status?.metricResults?.[0]?.measurements?.[0]).toMatchObject({ phase: 'Inconclusive', value: '[]' });
  });
});
