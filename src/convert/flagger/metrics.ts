/** The metrics of a Canary: templates, and the arguments that the Rollout gives them. */
import { goDurationSeconds } from '../../kube/duration.ts';
import { decide, note, noted, type Comment, type Draft, type Sheet } from '../draft.ts';
import type { Argument } from './hook-templates.ts';
import { ownMetric, querySourceOf, type OwnMetric } from './metric-templates.ts';
import { intervalOf, tolerated, type FlaggerScene } from './scene.ts';
import type { FlaggerMetric } from './schema.ts';

export interface Metrics {
  readonly templates: readonly Draft[];
  readonly args: readonly Argument[];
  readonly sheets: readonly Sheet[];
}

const DEFAULT_WINDOW = '1m';
const MILLISECONDS = 1000;

/** The metrics that Flagger knows without a query, and the template of each. */
const BUILT_IN: Readonly<Record<string, string>> = {
  'request-success-rate': 'ingress-nginx-success-rate',
  'request-duration': 'ingress-nginx-latency',
};

export function metricsOf(scene: FlaggerScene): Metrics {
  const all = (scene.analysis.metrics ?? []).map((metric, index) => ({
    metric,
    path: `${scene.path}.metrics[${index}]`,
  }));
  const isBuiltIn = ({ metric: { name, templateRef, query } }: Placed): boolean =>
    BUILT_IN[name] !== undefined && templateRef === undefined && query === undefined;
  const builtIn = all.filter(isBuiltIn);
  const sources = all
    .filter((one) => !isBuiltIn(one))
    .flatMap(({ metric, path }) => {
      const source = querySourceOf(metric, path, scene);
      return source === null ? [] : [{ metric, path, source }];
    });
  const address = addressOf(
    scene,
    sources.map(({ source }) => source.provider?.address),
  );
  const own = sources.flatMap(
    ({ metric, path, source }) => ownMetric(metric, source, { path, address: address.text, scene }) ?? [],
  );
  const known = builtIn.flatMap((one) => builtInOf(one, scene));
  if (known.length === 0 && own.length === 0) return { templates: [], args: [], sheets: [] };
  return {
    templates: [...known.map(({ name }) => clusterTemplate(name)), ...own.map(({ name }) => ({ templateName: name }))],
    args: argumentsOf(scene, { address: address.draft, known, own, window: windowOf(all.map(({ metric }) => metric)) }),
    sheets: own.map(({ sheet }) => sheet),
  };
}

interface Placed {
  readonly metric: FlaggerMetric;
  readonly path: string;
}

interface BuiltIn {
  readonly name: string;
  readonly thresholds: readonly Argument[];
}

function clusterTemplate(name: string): Draft {
  const text = `Apply deploy/analysis-templates/ingress-nginx, if the cluster does not have ${name} yet.`;
  return noted({ templateName: name, clusterScope: true }, note(text));
}

function builtInOf({ metric, path }: Placed, { mode, refusals }: FlaggerScene): readonly BuiltIn[] {
  const { min, max } = metric.thresholdRange ?? {};
  const name = BUILT_IN[metric.name] ?? '';
  if (mode.kind === 'blueGreen') {
    refusals.add(
      path,
      'ingress-nginx counts no request of a version that the Ingress does not reach yet: write a MetricTemplate of your own',
    );
    return [];
  }
  if (metric.name === 'request-success-rate') {
    const share = min ?? metric.threshold;
    if (max !== undefined) refusals.add(`${path}.thresholdRange.max`, 'a success rate has no greatest value here');
    const value = (share ?? 0) / 100;
    const draft = noted(String(value), OF_CANARY);
    return [{ name, thresholds: share === undefined ? [] : [{ name: 'minimum-success-rate', value: draft }] }];
  }
  const limit = max ?? metric.threshold;
  if (min !== undefined) refusals.add(`${path}.thresholdRange.min`, 'a duration has no least value here');
  const value = String((limit ?? 0) / MILLISECONDS);
  const names = limit === undefined ? [] : ['maximum-p50', 'maximum-p95', 'maximum-p99'];
  return [
    {
      name,
      thresholds: names.map((one, index) => ({ name: one, value: noted(value, index === 0 ? QUANTILES : null) })),
    },
  ];
}

const OF_CANARY = note(
  'Flagger counts all requests of the Ingress; the template those of the canary alone, so it is stricter.',
);
const QUANTILES = decide(
  'Flagger compares the mean of all requests, the template what half of the requests, 95 and 99 of 100 take, in seconds. Choose a limit for each.',
);

interface ArgumentRequest {
  readonly address: Draft;
  readonly known: readonly BuiltIn[];
  readonly own: readonly OwnMetric[];
  readonly window: Draft;
}

function argumentsOf(scene: FlaggerScene, { address, known, own, window }: ArgumentRequest): readonly Argument[] {
  const { analysis, ingress, canaryService, mode } = scene;
  const limit = String(tolerated(analysis));
  const ofPods = [
    { name: 'rollout', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } },
  ];
  const ofProxy = [
    { name: 'ingress', value: ingress },
    { name: 'canary-service', value: canaryService },
  ];
  const isCounted = known.length > 0 || mode.kind === 'blueGreen';
  const count = mode.kind === 'blueGreen' ? String(mode.iterations) : '0';
  return [
    { name: 'address', value: address },
    { name: 'namespace', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ...(own.length > 0 ? ofPods : []),
    ...(known.length > 0 ? ofProxy : []),
    ...known.flatMap(({ thresholds }) => thresholds),
    ...own.flatMap(({ thresholds }) => thresholds),
    { name: 'window', value: window },
    { name: 'interval', value: intervalOf(analysis) },
    ...(isCounted ? [{ name: 'count', value: count }] : []),
    { name: 'failure-limit', value: noted(limit, TOLERATED) },
    { name: 'inconclusive-limit', value: limit },
    ...(known.length > 0 ? [{ name: 'minimum-requests', value: noted('1', MINIMUM) }] : []),
  ];
}

const TOLERATED = note(
  'analysis.threshold: all failed checks count together in Flagger; here each metric counts its own.',
);
const MINIMUM = decide('One request proves little: how many in a window make a measurement worth counting?');

function addressOf(
  { spec }: FlaggerScene,
  addresses: readonly (string | undefined)[],
): { readonly text: string; readonly draft: Draft } {
  if (spec.metricsServer !== undefined) return { text: spec.metricsServer, draft: spec.metricsServer };
  const [first = ''] = addresses.filter((one) => one !== undefined);
  const comment = decide(
    first === ''
      ? "Write the address of Prometheus. Empty: that of the controller's variable ARGO_ROLLOUTS_PROMETHEUS_ADDRESS."
      : 'The address of a MetricTemplate. Flagger had another one for its own metrics: its flag -metrics-server.',
  );
  return { text: first, draft: noted(first, comment) };
}

/** One for all templates of an analysis: the longest. */
function windowOf(metrics: readonly FlaggerMetric[]): Draft {
  const windows = [...new Set(metrics.map(({ interval = DEFAULT_WINDOW }) => interval))];
  const longest =
    windows.toSorted((a, b) => (goDurationSeconds(b) ?? 0) - (goDurationSeconds(a) ?? 0))[0] ?? DEFAULT_WINDOW;
  const comments: readonly Comment[] =
    windows.length > 1
      ? [note(`One window for all metrics of an analysis, the longest of ${windows.join(', ')}.`)]
      : [];
  return noted(longest, ...comments);
}
