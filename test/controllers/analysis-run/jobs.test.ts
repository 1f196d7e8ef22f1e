/** The Jobs of metrics, on an API server in memory. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import { Jobs } from '../../../src/controllers/analysis-run/jobs.ts';
import { measureSideBySide } from '../../../src/controllers/analysis-run/measure.ts';
import { jobProvider } from '../../../src/providers/job/job.ts';
import { ApiError } from '../../../src/runtime/api-error.ts';
import { run as runOf } from '../../core/analysis/build-run.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { clientOf, quietLogger, type ClientParts } from '../../runtime/parts.ts';

type JobsClient = ConstructorParameters<typeof Jobs>[0]['client'];

const NEVER = new AbortController().signal;
const NAME = { namespace: 'shop', name: 'uid-run.errors.1' };
const PATH = '/apis/batch/v1/namespaces/shop/jobs';
const POD = '/api/v1/namespaces/shop/pods/errors-1';
const UID_LABEL = 'analysisrun.argoproj.io/uid';

let server: FakeApiServer;
let parts: ClientParts;
let clock: ManualClock;
let jobs: Jobs;
let enqueued: string[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server, { qps: 10_000, burst: 10_000 });
  clock = new ManualClock();
  jobs = new Jobs({ ...parts, clock, logger: quietLogger });
  enqueued = [];
  jobs.connect((key) => enqueued.push(key));
});

afterEach(async () => {
  await jobs.stop();
  await parts.transport.close();
  await server.stop();
});

const metadata = {
  labels: { [UID_LABEL]: 'uid-run' },
  annotations: {
    'analysisrun.argoproj.io/name': 'web-abc-2',
    'analysisrun.argoproj.io/namespace': 'shop',
    'analysisrun.argoproj.io/metric-name': 'errors',
  },
};
const body = { metadata: { name: NAME.name, ...metadata }, spec: { template: { spec: {} } } };
const COMPLETE = { conditions: [{ type: 'Complete', status: 'True' }] };
const put = (status: object = {}) => server.put(`${PATH}/${NAME.name}`, { metadata, spec: {}, status });
const paths = () =>
  server.requests.map(({ method, path, query }) => `${method} ${path}${query.has('watch') ? '?watch' : ''}`);

function measuring({ name, namespace }: { readonly name: string; readonly namespace?: string } = NAME): AnalysisRun {
  const where = namespace === undefined ? {} : { 'job-namespace': namespace };
  const measurement = { phase: 'Running', metadata: { 'job-name': name, ...where } };
  return runOf({ status: { metricResults: [{ name: 'errors', phase: 'Running', measurements: [measurement] }] } });
}

async function watching(): Promise<void> {
  await jobs.create(NAME, body, NEVER);
  await expect.poll(() => server.openWatches).toBe(2);
}

describe('nothing is watched', () => {
  test('before a Job is made', async () => {
    expect(server.requests).toEqual([]);
    expect(jobs.endedMetricsOf(measuring())).toEqual(new Set());
    expect(jobs.podsOf(NAME)).toEqual([]);
    await clock.advance(60_000);
    expect(server.requests).toEqual([]);
  });

  test('where no Job may be made', async () => {
    const message = 'jobs.batch is forbidden: User "serin" cannot create resource "jobs" in API group "batch"';
    server.fault = () => ({ status: 403, body: { kind: 'Status', reason: 'Forbidden', message } });
    await expect(jobs.create(NAME, body, NEVER)).rejects.toThrow(
      'the controller lacks the right to create jobs.batch in namespace shop; deploy/components/analysis-jobs grants it',
    );
    expect(paths()).toEqual([`POST ${PATH}`]);
  });

  test('once no Job is waited for any more', async () => {
    await watching();
    await clock.advance(900_000);
    await expect.poll(() => server.openWatches).toBe(0);
    await watching();
  });
});

test('a quota that forbids a Job is said in its own words', async () => {
  const message = 'jobs.batch "x" is forbidden: exceeded quota: small';
  server.fault = () => ({ status: 403, body: { kind: 'Status', reason: 'Forbidden', message } });
  await expect(jobs.create(NAME, body, NEVER)).rejects.toThrow(message);
});

test('only the Jobs and pods of analyses are watched, in that namespace', async () => {
  await watching();
  const watches = server.requests.filter(({ query }) => query.has('watch'));
  expect(watches.map(({ path, query }) => `${path} ${query.get('labelSelector')}`).toSorted()).toEqual([
    `/api/v1/namespaces/shop/pods ${UID_LABEL}`,
    `${PATH} ${UID_LABEL}`,
  ]);
  expect(await parts.metrics.registry.metrics()).toContain('controller_informer_objects{resource="analysis-jobs"} 1');
});

test('a name that is taken leads to the Job that has it', async () => {
  put();
  expect((await jobs.create(NAME, body, NEVER)).metadata.labels).toEqual(metadata.labels);
});

test('a Job whose creation was not answered is found, and stays the only one', async () => {
  let isLost = true;
  const client: JobsClient = {
    list: (...args) => parts.client.list(...args),
    watch: (...args) => parts.client.watch(...args),
    get: (...args) => parts.client.get(...args),
    delete: (...args) => parts.client.delete(...args),
    create: async (...args) => {
      const created = await parts.client.create(...args);
      if (!isLost) return created;
      isLost = false;
      const lost = { status: 0, reason: 'ECONNRESET', attempt: 'create jobs', message: 'no complete answer' };
      throw new ApiError({ kind: 'network', ...lost });
    },
  };
  jobs = new Jobs({ ...parts, client, clock, logger: quietLogger });
  const provider = jobProvider({ store: jobs });
  const order = {
    run: { namespace: 'shop', name: 'web-abc-2', uid: 'uid-run' },
    runStartedAt: null,
    metric: { name: 'errors', provider: { job: { spec: body.spec } } },
    now: clock.now(),
    number: 1,
  };
  const due = { metric: 'errors', index: 0, act: 'measure', number: 1 } as const;
  const measured = measureSideBySide([{ due, order }], {
    clock,
    providerOf: () => provider,
    signal: NEVER,
    ended: NEVER,
    isDecided: () => false,
  });
  await expect.poll(() => isLost).toBe(false);
  await clock.advance(1_000);
  expect(await measured).toMatchObject([{ reading: { kind: 'unfinished', metadata: { 'job-name': NAME.name } } }]);
  expect(server.objects(PATH)).toHaveLength(1);
});

describe('a Job is found', () => {
  test('in the cache, once it is there', async () => {
    await watching();
    await expect.poll(async () => (await jobs.find(NAME, NEVER))?.metadata.name).toBe(NAME.name);
    const asked = server.requests.length;
    await jobs.find(NAME, NEVER);
    expect(server.requests).toHaveLength(asked);
  });

  test('on the API server, before the cache shows it', async () => {
    put(COMPLETE);
    expect(await jobs.find(NAME, NEVER)).toMatchObject({ status: COMPLETE });
    expect(paths()).toContain(`GET ${PATH}/${NAME.name}`);
  });

  test('nowhere when there is none', async () => {
    expect(await jobs.find(NAME, NEVER)).toBeNull();
  });
});

describe('a Job that ends', () => {
  test('enqueues its run, whose measurement has ended', async () => {
    await watching();
    expect(jobs.endedMetricsOf(measuring())).toEqual(new Set());
    put(COMPLETE);
    await expect.poll(() => enqueued).toEqual(['shop/web-abc-2']);
    expect(jobs.endedMetricsOf(measuring())).toEqual(new Set(['errors']));
    expect(jobs.endedMetricsOf(measuring({ name: NAME.name }))).toEqual(new Set(['errors']));
    expect(jobs.endedMetricsOf(measuring({ ...NAME, name: 'another' }))).toEqual(new Set());
  });

  test('without an image enqueues its run too', async () => {
    await watching();
    const waiting = { reason: 'ImagePullBackOff', message: 'no such image' };
    server.put(POD, {
      metadata: { labels: { [UID_LABEL]: 'uid-run', 'batch.kubernetes.io/job-name': NAME.name } },
      spec: { containers: [{ name: 'check', env: [{ name: 'TOKEN', value: 'hunter2' }] }] },
      status: { containerStatuses: [{ name: 'check', state: { waiting } }] },
    });
    await expect.poll(() => enqueued).toEqual(['shop/web-abc-2']);
    expect(jobs.endedMetricsOf(measuring())).toEqual(new Set(['errors']));
    expect(JSON.stringify(jobs.podsOf(NAME))).not.toContain('hunter2');
  });
});

test('a Job is deleted after its pods, and a second time it is no error', async () => {
  put();
  await jobs.remove(NAME, NEVER);
  expect(server.requests.at(-1)?.body).toMatchObject({ propagationPolicy: 'Foreground' });
  expect(server.objects(PATH)).toEqual([]);
  await jobs.remove(NAME, NEVER);
});

test('the Jobs of a run are listed by its uid', async () => {
  put();
  expect(await jobs.listOf('shop', 'uid-run', NEVER)).toHaveLength(1);
  expect(server.requests.at(-1)?.query.get('labelSelector')).toBe(`${UID_LABEL}=uid-run`);
});

test('stopped, it waits for nothing and watches nothing more', async () => {
  await watching();
  await jobs.stop();
  expect(clock.pendingTimers).toBe(0);
  await jobs.find(NAME, NEVER);
  await clock.advance(1_000);
  expect(server.openWatches).toBe(0);
});
