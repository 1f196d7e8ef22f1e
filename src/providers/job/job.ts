/**
 * Measures with a Job of Kubernetes: the measurement is successful if the Job is, and failed if the Job is (spec B.12).
 */
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import type {
  MeasurementMetadata,
  MeasurementOrder,
  MetricProvider,
  Reading,
  UnfinishedMeasurement,
} from '../../core/analysis/provider.ts';
import { configurationOf } from '../configuration.ts';
import type { Job, JobName, JobStore } from './job-store.ts';
import { jobNameOf, jobOf } from './manifest.ts';
import { isFinished, outcomeOf } from './outcome.ts';

interface JobProviderOptions {
  readonly store: JobStore;
  /** Where every Job is made; the namespace of its run when absent. */
  readonly namespace?: string | undefined;
}

/** Where the status of a run keeps which Job is measuring. */
const METADATA = { name: 'job-name', namespace: 'job-namespace' } as const;

/**
 * The Job that an unfinished measurement waits for; `null` when it waits for none. Without a namespace beside the name,
 * as older controllers of this API leave it, the Job is in that of its run.
 */
export function jobNameIn(metadata: MeasurementMetadata | undefined, runNamespace: string): JobName | null {
  const { [METADATA.name]: name, [METADATA.namespace]: namespace = runNamespace } = metadata ?? {};
  return name === undefined ? null : { name, namespace };
}

export function jobProvider({ store, namespace }: JobProviderOptions): MetricProvider {
  const placeOf = ({ run, metric, number }: MeasurementOrder): JobName => ({
    namespace: namespace ?? run.namespace,
    name: jobNameOf(run.uid, metric.name, number),
  });
  return {
    measure: async (order, signal) => {
      const place = placeOf(order);
      const body = jobOf(order, configurationOf(order.metric, 'job'), place.namespace);
      const job = await store.create(place, body, signal);
      if (job.metadata.labels?.[LABELS.analysisRunUid] !== order.run.uid) {
        throw new Error(`there is another Job with the name ${place.name} in the namespace ${place.namespace}`);
      }
      return waitFor(place, order.now);
    },
    resume: (order, unfinished, signal) => resume(store, order, unfinished, signal),
    terminate: async ({ run }, { metadata }, signal) => {
      const place = jobNameIn(metadata, run.namespace);
      if (place !== null) await store.remove(place, signal);
      return { kind: 'verdict', phase: 'Inconclusive' };
    },
    removeOld: async (order, keep, signal) => {
      const jobs = await store.listOf(namespace ?? order.run.namespace, order.run.uid, signal);
      for (const job of oldOnesOf(jobs, order.metric.name, keep)) await store.remove(nameOf(job), signal);
    },
  };
}

async function resume(
  store: JobStore,
  order: MeasurementOrder,
  { startedAt, metadata }: UnfinishedMeasurement,
  signal: AbortSignal,
): Promise<Reading> {
  const place = jobNameIn(metadata, order.run.namespace);
  if (place === null) throw new Error('it is not known which Job was started');
  const job = await store.find(place, signal);
  if (job === null) throw new Error(`the Job ${place.name} was deleted before it ended`);
  const outcome = outcomeOf(job, store.podsOf(place));
  switch (outcome?.kind) {
    case undefined:
      return waitFor(place, order.now + waitMs(order.now - startedAt));
    case 'ended':
      return { ...outcome, kind: 'verdict' };
    case 'stuck':
      // It would wait for its image as long as the run exists.
      await store.remove(place, signal);
      return { kind: 'verdict', phase: 'Inconclusive', message: outcome.message };
  }
}

/** The end of a Job is an event. This is for an event that never comes: the longer a Job takes, the rarer it is looked at. */
function waitMs(elapsedMs: number): number {
  return Math.max(1, Math.sqrt((2 * Math.max(0, elapsedMs)) / 1000)) * 1000;
}

function waitFor({ name, namespace }: JobName, resumeAt: number): Reading {
  return {
    kind: 'unfinished',
    resumeAt,
    metadata: { [METADATA.name]: name, [METADATA.namespace]: namespace },
  };
}

/** The Jobs of one metric but for the newest; none that may still be waited for. */
function oldOnesOf(jobs: readonly Job[], metric: string, keep: number): readonly Job[] {
  return jobs
    .filter(({ metadata }) => metadata.annotations?.[ANNOTATIONS.analysisRunMetricName] === metric)
    .toSorted((a, b) => numberOf(b) - numberOf(a))
    .slice(keep)
    .filter(isFinished);
}

/** Times of creation have no fractions of a second, so the number at the end of the name decides. */
function numberOf({ metadata }: Job): number {
  return Number(metadata.name.slice(metadata.name.lastIndexOf('.') + 1));
}

function nameOf({ metadata }: Job): JobName {
  return { namespace: metadata.namespace ?? '', name: metadata.name };
}
