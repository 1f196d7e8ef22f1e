/** The Job of a measurement: its name, and what is sent to the API server (spec B.12). */
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import type { Metric, MeasurementOrder } from '../../core/analysis/provider.ts';
import { fnv1aHash } from '../../kube/hash.ts';
import type { JsonObject } from '../../kube/json.ts';
import { controllerReference } from '../../kube/owners.ts';
import { ANALYSIS_RUNS, apiVersionOf, JOBS } from '../../kube/resources.ts';

/** Kubernetes writes the name of a Job into a label of its pods. */
const MAX_NAME_LENGTH = 63;

/** Parts of letters and digits, with `-` inside of them, divided by dots. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * `<uid of the run>.<metric>.<number>`. A metric whose name is too long for it, or has characters that no object may have
 * in its name, is cut or cleaned, and a hash of the whole name tells it from others.
 */
export function jobNameOf(runUid: string, metric: string, number: number): string {
  const room = MAX_NAME_LENGTH - runUid.length - `..${number}`.length;
  return `${runUid}.${fits(metric, room) ? metric : shortened(metric, room)}.${number}`;
}

function fits(metric: string, room: number): boolean {
  return metric.length <= room && NAME.test(metric);
}

function shortened(metric: string, room: number): string {
  const hash = fnv1aHash(metric);
  const cleaned = metric
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, Math.max(0, room - hash.length - 1))
    .replaceAll(/^-+|-+$/g, '');
  return cleaned === '' ? hash : `${cleaned}-${hash}`;
}

type JobConfiguration = NonNullable<Metric['provider']['job']>;

/** The Job belongs to its run, and is deleted with it, unless it is in another namespace, where no run can own it. */
export function jobOf(
  { run, metric, number }: Pick<MeasurementOrder, 'run' | 'metric' | 'number'>,
  { metadata = {}, spec }: JobConfiguration,
  namespace: string,
): JsonObject {
  const ofRun = { [LABELS.analysisRunUid]: run.uid };
  const owner =
    namespace === run.namespace ? { ownerReferences: [controllerReference(ANALYSIS_RUNS, run.name, run.uid)] } : {};
  const annotations = {
    [ANNOTATIONS.analysisRunName]: run.name,
    [ANNOTATIONS.analysisRunNamespace]: run.namespace,
    [ANNOTATIONS.analysisRunMetricName]: metric.name,
  };
  const { template, ...rest } = spec as JsonObject;
  return {
    apiVersion: apiVersionOf(JOBS),
    kind: JOBS.kind,
    metadata: {
      name: jobNameOf(run.uid, metric.name, number),
      namespace,
      labels: { ...metadata.labels, ...ofRun },
      annotations: { ...metadata.annotations, ...annotations },
      ...owner,
    },
    spec: { ...rest, template: labelled(template, ofRun) },
  } as unknown as JsonObject;
}

function labelled(template: unknown, labels: Readonly<Record<string, string>>): JsonObject {
  const { metadata, ...rest } = objectOf(template);
  const known = objectOf(metadata);
  return { ...rest, metadata: { ...known, labels: { ...objectOf(known['labels']), ...labels } } };
}

/** What the spec leaves out, or has with another shape, the API server refuses in its own words. */
function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
