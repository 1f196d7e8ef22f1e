/** The metrics of AnalysisRuns and of templates at the moment of a scrape (spec 9.2). */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { Metric } from '../../core/analysis/provider.ts';
import { resultOf } from '../../core/analysis/schedule.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { parseAnalysisTemplate } from '../../api/schema/analysis-template.ts';
import type { AnalysisRunSample, AnalysisTemplateSample } from '../../telemetry/analysis-metrics.ts';
import { providerKeyOf } from './provider-key.ts';

/** The words of dashboards, by the key in a metric. */
const TYPES: Readonly<Record<keyof Metric['provider'], string>> = {
  prometheus: 'Prometheus',
  job: 'Job',
  kayenta: 'Kayenta',
  web: 'WebMetric',
  datadog: 'Datadog',
  wavefront: 'Wavefront',
  newRelic: 'NewRelic',
  cloudWatch: 'CloudWatch',
  graphite: 'Graphite',
  influxdb: 'Influxdb',
  skywalking: 'SkyWalking',
  plugin: 'Plugin',
};

export function sampleOfRun({ metadata, spec, status }: AnalysisRun): AnalysisRunSample {
  const { namespace = '', name } = metadata;
  const metrics = spec.metrics.map((metric) => {
    const { phase = '', dryRun = false } = resultOf(status?.metricResults, metric.name) ?? {};
    return { name: metric.name, type: typeOf(metric), phase, isDryRun: dryRun };
  });
  return { namespace, name, phase: status?.phase ?? '', metrics };
}

export function sampleOfTemplate(object: KubeObject): AnalysisTemplateSample {
  const { namespace = '', name } = object.metadata;
  const parsed = parseAnalysisTemplate(object);
  const metrics = 'template' in parsed ? (parsed.template.spec.metrics ?? []) : [];
  return { namespace, name, metrics: metrics.map((metric) => ({ name: metric.name, type: typeOf(metric) })) };
}

function typeOf(metric: Metric): string {
  const key = providerKeyOf(metric);
  return key === undefined ? 'Unknown Provider' : TYPES[key];
}
