/**
 * The Jobs of metrics in the cluster, and their pods. They are watched in the namespaces in which a metric has a Job, and
 * only as long as one is waited for: a controller without such metrics asks for no Jobs and needs no right to.
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import { inFlightOf } from '../../core/analysis/schedule.ts';
import type { JsonObject } from '../../kube/json.ts';
import { objectKey } from '../../kube/object-key.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { JOBS, PODS, type Resource } from '../../kube/resources.ts';
import { jobNameIn } from '../../providers/job/job.ts';
import type { Job, JobName, JobPod, JobStore } from '../../providers/job/job-store.ts';
import { outcomeOf } from '../../providers/job/outcome.ts';
import { isApiError } from '../../runtime/api-error.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Informer } from '../../runtime/informer.ts';
import { isKubeObject } from '../../runtime/wire.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { withRight } from '../missing-right.ts';

interface JobsOptions {
  readonly client: Pick<Client, 'list' | 'watch' | 'get' | 'create' | 'delete'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'informerObjects' | 'informerRelists' | 'informerRejects'>;
}

interface Watched {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<JobPod>;
  /** Forgets the timer that ends the watch. */
  cancelEnd: () => void;
}

/** A Job that runs for days is still looked at more often than this. */
const UNUSED_MS = 900_000;

/** Kubernetes' own label on the pods of a Job. */
const JOB_OF_POD = 'batch.kubernetes.io/job-name';

export class Jobs implements JobStore {
  readonly #options: JobsOptions;
  /** By namespace. */
  readonly #watched = new Map<string, Watched>();
  readonly #ending = new Set<Promise<unknown>>();
  #enqueue: (key: string) => void = () => {};
  #stopped = false;

  constructor(options: JobsOptions) {
    this.#options = options;
    options.metrics.informerObjects.addSource(() =>
      (['jobs', 'pods'] as const).map((kind) => ({
        labels: { resource: `analysis-${kind}` },
        value: [...this.#watched.values()].reduce((sum, watched) => sum + watched[kind].cache.size, 0),
      })),
    );
  }

  /** From now on `enqueue` gets the key of a run when one of its Jobs ends, or cannot go on. */
  connect(enqueue: (key: string) => void): void {
    this.#enqueue = enqueue;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const namespace of this.#watched.keys()) this.#unwatch(namespace);
    await Promise.all(this.#ending);
  }

  /** The metrics of the run whose Job has ended, as far as the watches show. */
  endedMetricsOf({ metadata: { namespace = '' }, status }: AnalysisRun): ReadonlySet<string> {
    const ended = (status?.metricResults ?? []).filter((result) => {
      const name = jobNameIn(inFlightOf(result)?.metadata, namespace);
      const job = name === null ? undefined : this.#cached(name);
      return name !== null && job !== undefined && outcomeOf(job, this.podsOf(name)) !== null;
    });
    return new Set(ended.map(({ name }) => name));
  }

  async create(job: JobName, body: JsonObject, signal: AbortSignal): Promise<Job> {
    const created = await withRight({ verb: 'create', resource: JOBS, namespace: job.namespace }, async () => {
      try {
        return await this.#options.client.create(JOBS, job, body, { signal });
      } catch (error) {
        if (isApiError(error, 'exists')) return null;
        throw error;
      }
    });
    this.#watch(job.namespace);
    return created ?? this.#read(job, signal);
  }

  async find(job: JobName, signal: AbortSignal): Promise<Job | null> {
    this.#watch(job.namespace);
    const cached = this.#cached(job);
    if (cached !== undefined) return cached;
    try {
      return await this.#read(job, signal);
    } catch (error) {
      if (isApiError(error, 'notFound')) return null;
      throw error;
    }
  }

  podsOf({ namespace, name }: JobName): readonly JobPod[] {
    const pods = this.#watched.get(namespace)?.pods.cache;
    return pods === undefined || pods.size === 0 ? [] : pods.byIndex('job', name);
  }

  async listOf(namespace: string, runUid: string, signal: AbortSignal): Promise<readonly Job[]> {
    const labelSelector = `${LABELS.analysisRunUid}=${runUid}`;
    const { items } = await withRight({ verb: 'list', resource: JOBS, namespace }, () =>
      this.#options.client.list(JOBS, { namespace, labelSelector, signal }),
    );
    return items.filter(isKubeObject).map(trimJob);
  }

  async remove(job: JobName, signal: AbortSignal): Promise<void> {
    await withRight({ verb: 'delete', resource: JOBS, namespace: job.namespace }, async () => {
      try {
        await this.#options.client.delete(JOBS, job, { propagation: 'Foreground', signal });
      } catch (error) {
        if (!isApiError(error, 'notFound')) throw error;
      }
    });
  }

  async #read(job: JobName, signal: AbortSignal): Promise<Job> {
    return withRight({ verb: 'get', resource: JOBS, namespace: job.namespace }, async () =>
      trimJob(await this.#options.client.get(JOBS, job, { signal })),
    );
  }

  #cached({ namespace, name }: JobName): Job | undefined {
    return this.#watched.get(namespace)?.jobs.cache.get(namespace, name);
  }

  /** Begins to watch the namespace, or goes on with it. */
  #watch(namespace: string): void {
    if (this.#stopped) return;
    const watched = this.#watched.get(namespace) ?? this.#begin(namespace);
    watched.cancelEnd();
    watched.cancelEnd = this.#options.clock.setTimer(UNUSED_MS, () => this.#unwatch(namespace));
    this.#watched.set(namespace, watched);
  }

  #unwatch(namespace: string): void {
    const watched = this.#watched.get(namespace);
    if (watched === undefined) return;
    this.#watched.delete(namespace);
    watched.cancelEnd();
    const ended = Promise.all([watched.jobs.stop(), watched.pods.stop()]).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #begin(namespace: string): Watched {
    const jobs = this.#informer(JOBS, namespace, trimJob);
    const pods = this.#informer(PODS, namespace, trimPod);
    pods.addIndexes({ job: ({ metadata }) => [metadata.labels?.[JOB_OF_POD] ?? ''] });
    jobs.addHandler(({ object }) => this.#announce(object));
    pods.addHandler(({ object }) => {
      const job = jobs.cache.get(namespace, object.metadata.labels?.[JOB_OF_POD] ?? '');
      if (job !== undefined) this.#announce(job);
    });
    jobs.start();
    pods.start();
    return { jobs, pods, cancelEnd: () => {} };
  }

  #informer<T extends KubeObject>(resource: Resource, namespace: string, trim: (object: KubeObject) => T): Informer<T> {
    const { client, clock, logger, metrics } = this.#options;
    // One source counts the objects of all namespaces: a source stays as long as the process.
    const counted = { ...metrics, informerObjects: { addSource: () => {} } };
    const name = `analysis-${resource.plural}`;
    const labelSelector = LABELS.analysisRunUid;
    const narrowing = { namespace, labelSelector, omitManagedFields: true };
    return new Informer<T>({ client, clock, logger, metrics: counted, resource, name, trim, ...narrowing });
  }

  #announce(job: Job): void {
    const { name, namespace = '', annotations = {} } = job.metadata;
    if (outcomeOf(job, this.podsOf({ namespace, name })) === null) return;
    const { [ANNOTATIONS.analysisRunNamespace]: runNamespace, [ANNOTATIONS.analysisRunName]: run } = annotations;
    if (runNamespace !== undefined && run !== undefined) this.#enqueue(objectKey(runNamespace, run));
  }
}

/** Without what the container was told, which may hold secrets. */
function trimJob(object: KubeObject): Job {
  const { status } = object as Job;
  const conditions = status?.conditions;
  return { metadata: metadataOf(object), ...(conditions === undefined ? {} : { status: { conditions } }) };
}

function trimPod(object: KubeObject): JobPod {
  const { initContainerStatuses = [], containerStatuses = [] } = (object as JobPod).status ?? {};
  const waiting = (statuses: typeof containerStatuses) =>
    statuses.map(({ name, state = {} }) => ({
      name,
      ...(state.waiting === undefined ? {} : { state: { waiting: state.waiting } }),
    }));
  return {
    metadata: metadataOf(object),
    status: {
      initContainerStatuses: waiting(initContainerStatuses),
      containerStatuses: waiting(containerStatuses),
    },
  };
}

function metadataOf({ metadata }: KubeObject): KubeObject['metadata'] {
  const { name, namespace, uid, resourceVersion, labels, annotations } = metadata;
  const kept = Object.values(ANNOTATIONS).flatMap((key) => {
    const value = annotations?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion,
    ...(labels === undefined ? {} : { labels }),
    annotations: Object.fromEntries(kept),
  };
}
