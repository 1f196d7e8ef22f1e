/**
 * Runs and metrics for the tests of the analysis, described by what a test is about.
 */
import type { AnalysisRun, AnalysisRunSpec, AnalysisRunStatus } from '../../../src/api/schema/analysis-run.ts';
import type { AnalysisTemplate, AnalysisTemplateSpec } from '../../../src/api/schema/analysis-template.ts';
import type { FindTemplate } from '../../../src/core/analysis/flatten.ts';
import { prepareRun, type PreparedMetric } from '../../../src/core/analysis/prepare-run.ts';
import type { Metric } from '../../../src/core/analysis/provider.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { formatTime } from '../../../src/kube/time.ts';

export const NOW = Date.parse('2026-01-02T03:04:05Z');

/** A time of the status, so many seconds after now. */
export function at(seconds: number): string {
  return formatTime(NOW + seconds * 1000);
}

export function metric(name = 'errors', fields: Partial<Metric> = {}): Metric {
  return { name, provider: { prometheus: { address: 'http://prometheus', query: 'up' } }, ...fields };
}

interface RunOptions extends Partial<AnalysisRunSpec> {
  readonly status?: AnalysisRunStatus;
  readonly metadata?: Partial<KubeObject['metadata']>;
}

/** A run of one metric, unless told otherwise. */
export function run({ status, metadata, ...spec }: RunOptions = {}): AnalysisRun {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'web-abc-2', namespace: 'shop', uid: 'uid-run', resourceVersion: '7', ...metadata },
    spec: { metrics: [metric()], ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

/** The metrics of a spec that has no mistake. */
export function prepared(spec: AnalysisRunSpec): readonly PreparedMetric[] {
  const result = prepareRun(spec);
  if ('problem' in result) throw new Error(result.problem);
  return result.metrics;
}

/** Finds the templates by name; those whose name begins with `cluster` are of the cluster. */
export function templates(specs: Readonly<Record<string, AnalysisTemplateSpec>>): FindTemplate {
  return ({ kind, name }) => {
    const spec = specs[name];
    const isOfKind = name.startsWith('cluster') === (kind === 'ClusterAnalysisTemplate');
    if (spec === undefined || !isOfKind) return null;
    const template: AnalysisTemplate = { metadata: { name, uid: name, resourceVersion: '1' }, spec };
    return { template };
  };
}
