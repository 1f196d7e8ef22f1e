/** The provider `job` with Jobs in memory. */
import { describe, expect, test } from 'vitest';
import type { MetricProvider } from '../../../src/core/analysis/provider.ts';
import { jobNameIn, jobProvider } from '../../../src/providers/job/job.ts';
import type { Job, JobPod, JobStore } from '../../../src/providers/job/job-store.ts';
import { NEVER, NOW, orderOf } from '../measuring.ts';

const UID = '5f0c3f5e';
const order = (name = 'errors', number = 1) => {
  const whole = orderOf({ job: { spec: { template: {} } } }, { number });
  return { ...whole, metric: { ...whole.metric, name } };
};

type JobStatus = Job['status'];
const condition = (type: string, status: 'True' | 'False', reason = '', message = ''): JobStatus => ({
  conditions: [{ type, status, reason, message }],
});
const COMPLETE = condition('Complete', 'True');

class Jobs implements JobStore {
  readonly jobs = new Map<string, Job>();
  pods: readonly JobPod[] = [];

  async create({ namespace, name }: { namespace: string; name: string }, body: object): Promise<Job> {
    const known = this.jobs.get(`${namespace}/${name}`);
    if (known !== undefined) return Promise.resolve(known);
    const { metadata } = body as Job;
    return Promise.resolve(this.put(namespace, name, metadata));
  }

  put(namespace: string, name: string, metadata: Partial<Job['metadata']> = {}, status?: JobStatus): Job {
    const job = {
      metadata: { ...metadata, namespace, name, uid: name, resourceVersion: '1' },
      ...(status === undefined ? {} : { status }),
    };
    this.jobs.set(`${namespace}/${name}`, job);
    return job;
  }

  async find({ namespace, name }: { namespace: string; name: string }): Promise<Job | null> {
    return Promise.resolve(this.jobs.get(`${namespace}/${name}`) ?? null);
  }

  podsOf(): readonly JobPod[] {
    return this.pods;
  }

  async listOf(namespace: string, runUid: string): Promise<readonly Job[]> {
    return Promise.resolve(
      [...this.jobs.values()].filter(
        ({ metadata }) =>
          metadata.namespace === namespace && metadata.labels?.['analysisrun.argoproj.io/uid'] === runUid,
      ),
    );
  }

  async remove({ namespace, name }: { namespace: string; name: string }): Promise<void> {
    this.jobs.delete(`${namespace}/${name}`);
    return Promise.resolve();
  }

  get names(): readonly string[] {
    return [...this.jobs.keys()].toSorted();
  }
}

const provide = (store: Jobs, namespace?: string): Required<MetricProvider> =>
  jobProvider({ store, namespace }) as Required<MetricProvider>;
const waiting = (name: string, namespace = 'shop', startedAt = NOW) => ({
  startedAt,
  metadata: { 'job-name': name, 'job-namespace': namespace },
});

describe('a measurement begins', () => {
  test.each([
    { name: 'with a Job in the namespace of its run', namespace: undefined, place: 'shop' },
    { name: 'with a Job in the namespace for all Jobs', namespace: 'checks', place: 'checks' },
  ])('$name', async ({ namespace, place }) => {
    const store = new Jobs();
    const reading = await provide(store, namespace).measure(order(), NEVER);
    expect(reading).toEqual({
      kind: 'unfinished',
      resumeAt: NOW,
      metadata: { 'job-name': `${UID}.errors.1`, 'job-namespace': place },
    });
    expect(store.names).toEqual([`${place}/${UID}.errors.1`]);
  });

  test('with the Job that an earlier life of the controller has made', async () => {
    const store = new Jobs();
    const first = await provide(store).measure(order(), NEVER);
    expect(await provide(store).measure(order(), NEVER)).toEqual(first);
    expect(store.names).toHaveLength(1);
  });

  test('not with a Job of another run', async () => {
    const store = new Jobs();
    store.put('shop', `${UID}.errors.1`, { labels: { 'analysisrun.argoproj.io/uid': 'another' } });
    await expect(provide(store).measure(order(), NEVER)).rejects.toThrow('there is another Job with the name');
  });

  test('not without a spec', async () => {
    await expect(provide(new Jobs()).measure(orderOf({ web: { url: 'x' } }), NEVER)).rejects.toThrow('no provider job');
  });
});

describe('a Job that is waited for', () => {
  test.each<{ name: string; status?: JobStatus; reading: object }>([
    { name: 'and is complete is a success', status: COMPLETE, reading: { kind: 'verdict', phase: 'Successful' } },
    {
      name: 'and has failed is a failure that says why',
      status: condition('Failed', 'True', 'DeadlineExceeded', 'Job was active longer than specified deadline'),
      reading: {
        phase: 'Failed',
        message: 'DeadlineExceeded: Job was active longer than specified deadline',
      },
    },
    {
      name: 'and of which a condition is false still runs',
      status: condition('Failed', 'False'),
      reading: { kind: 'unfinished' },
    },
    {
      name: 'and is about to fail still runs',
      status: condition('FailureTarget', 'True'),
      reading: { kind: 'unfinished' },
    },
    { name: 'and says nothing still runs', reading: { kind: 'unfinished' } },
  ])('$name', async ({ status, reading }) => {
    const store = new Jobs();
    store.put('shop', 'job', {}, status);
    expect(await provide(store).resume(order(), waiting('job'), NEVER)).toMatchObject(reading);
  });

  test.each([
    { seconds: 0, wait: 1_000 },
    { seconds: 8, wait: 4_000 },
    { seconds: 3_200, wait: 80_000 },
  ])('for $seconds s is looked at again after $wait ms', async ({ seconds, wait }) => {
    const store = new Jobs();
    store.put('shop', 'job');
    const unfinished = waiting('job', 'shop', NOW - seconds * 1000);
    expect(await provide(store).resume(order(), unfinished, NEVER)).toMatchObject({ resumeAt: NOW + wait });
  });

  test('and is gone is an error', async () => {
    await expect(provide(new Jobs()).resume(order(), waiting('job'), NEVER)).rejects.toThrow('the Job job was deleted');
  });

  test.each(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'])(
    'and whose image cannot be had (%s) is inconclusive, and does not wait for ever',
    async (reason) => {
      for (const containers of ['initContainerStatuses', 'containerStatuses']) {
        const store = new Jobs();
        store.put('shop', 'job');
        store.pods = [
          {
            metadata: { name: 'job-1', uid: '1', resourceVersion: '1' },
            status: { [containers]: [{ name: 'check', state: { waiting: { reason, message: 'no such image' } } }] },
          },
        ];
        expect(await provide(store).resume(order(), waiting('job'), NEVER)).toEqual({
          kind: 'verdict',
          phase: 'Inconclusive',
          message: `the image of container check of pod job-1 cannot be had (${reason}: no such image)`,
        });
        expect(store.names).toEqual([]);
      }
    },
  );

  test('and whose container is only being created still runs', async () => {
    const store = new Jobs();
    store.put('shop', 'job');
    store.pods = [
      {
        metadata: { name: 'job-1', uid: '1', resourceVersion: '1' },
        status: { containerStatuses: [{ name: 'check', state: { waiting: { reason: 'ContainerCreating' } } }] },
      },
    ];
    expect(await provide(store).resume(order(), waiting('job'), NEVER)).toMatchObject({ kind: 'unfinished' });
  });

  test('is not known where the status does not say so', async () => {
    expect(jobNameIn({ 'job-namespace': 'checks' }, 'shop')).toBeNull();
    const unfinished = { startedAt: NOW, metadata: {} };
    await expect(provide(new Jobs()).resume(order(), unfinished, NEVER)).rejects.toThrow('not known which Job');
  });
});

describe('a Job that another controller recorded without its namespace', () => {
  const unfinished = { startedAt: NOW, metadata: { 'job-name': 'job' } };

  test('is waited for in the namespace of its run', async () => {
    const store = new Jobs();
    store.put('shop', 'job', {}, COMPLETE);
    const reading = await provide(store, 'checks').resume(order(), unfinished, NEVER);
    expect(reading).toEqual({ kind: 'verdict', phase: 'Successful' });
  });

  test('is deleted there', async () => {
    const store = new Jobs();
    store.put('shop', 'job');
    await provide(store, 'checks').terminate(order(), unfinished, NEVER);
    expect(store.names).toEqual([]);
  });
});

test('a measurement that is ended deletes its Job, wherever it is', async () => {
  const store = new Jobs();
  store.put('checks', 'job');
  const reading = await provide(store).terminate(order(), waiting('job', 'checks'), NEVER);
  expect(reading).toEqual({ kind: 'verdict', phase: 'Inconclusive' });
  expect(store.names).toEqual([]);
});

test('of old Jobs the newest stay, those of other metrics, and those that still run', async () => {
  const store = new Jobs();
  const jobs = [
    { metric: 'errors', number: 1, status: undefined },
    { metric: 'errors', number: 2, status: COMPLETE },
    { metric: 'errors', number: 9, status: COMPLETE },
    { metric: 'errors', number: 10, status: COMPLETE },
    { metric: 'errors', number: 11, status: undefined },
    { metric: 'latency', number: 1, status: COMPLETE },
  ];
  for (const { metric, number, status } of jobs) {
    const labels = { 'analysisrun.argoproj.io/uid': UID };
    const annotations = { 'analysisrun.argoproj.io/metric-name': metric };
    store.put('shop', `${UID}.${metric}.${number}`, { labels, annotations }, status);
  }
  await provide(store).removeOld(order(), 2, NEVER);
  const left = ['errors.1', 'errors.10', 'errors.11', 'latency.1'];
  expect(store.names).toEqual(left.map((name) => `shop/${UID}.${name}`));
});
