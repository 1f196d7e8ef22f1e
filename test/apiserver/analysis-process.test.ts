/**
 * AnalysisRuns seen from the process that measures: what it reveals of Secrets, and what becomes of runs when it is
 * killed, or started in a cluster without them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnalysisRunSpec } from '../../src/api/schema/analysis-run.ts';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import {
  analysisRun,
  grant,
  jobMetric,
  jobNamesIn,
  resultOf,
  untilPhase,
  untilRun,
  webMetric,
} from './analysis-scene.ts';
import { accessTo } from './global-setup.ts';
import { Session } from './session.ts';
import { SeveringProxy } from './severing-proxy.ts';
import { Vendor } from './vendor.ts';

let cluster: Cluster;
let proxy: SeveringProxy;
let controller: ControllerProcess;
let vendor: Vendor;
beforeAll(async () => {
  vendor = await Vendor.start();
  cluster = await startCluster();
  await installSerin(cluster.plane);
  proxy = await SeveringProxy.start(cluster.plane);
  const flags = [`--kubeconfig=${await proxy.kubeconfig()}`, '--loglevel=debug'];
  controller = await startController(cluster.plane, { flags });
});
afterAll(async () => {
  await cluster?.stop();
  await proxy?.[Symbol.asyncDispose]();
  vendor?.[Symbol.dispose]();
});

type OnTestFailed = (report: () => Promise<void>) => void;

async function openSession(onTestFailed: OnTestFailed): Promise<Session> {
  const session = await Session.open(await accessTo(cluster.plane, controller));
  onTestFailed(async () => {
    const { stdout } = await session.tryKubectl(['get', 'analysisrun,job,pod,event', '-o', 'wide']);
    const runs = await session.tryKubectl(['get', 'analysisrun', '-o', 'yaml']);
    const log = (await controller.log()).split('\n').filter((line) => line.includes(session.namespace));
    console.error(`${stdout}\n${runs.stdout}\n${log.slice(-40).join('\n')}`);
  });
  return session;
}

const json = (body: unknown) => () => ({ body: JSON.stringify(body) });

describe.concurrent('a metric with an argument from a Secret', () => {
  const SECRET = 'hunter2-hunter2';
  const spec = (url: string): AnalysisRunSpec => ({
    args: [{ name: 'token', valueFrom: { secretKeyRef: { name: 'vendor', key: 'token' } } }],
    metrics: [webMetric(url, {}, { headers: [{ key: 'authorization', value: 'Token {{args.token}}' }] })],
  });
  const createSecret = (session: Session) =>
    session.kubectl('create', 'secret', 'generic', 'vendor', `--from-literal=token=${SECRET}`);

  test('sends it, and shows it nowhere', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await grant(session, 'analysis-secrets');
    await createSecret(session);
    const url = vendor.answer('/secret', ({ headers: { authorization = '' } }) => ({
      body: JSON.stringify({ ok: authorization === `Token ${SECRET}`, authorization }),
    }));
    await session.apply(analysisRun(spec(url)));
    const run = await untilPhase(session, 'Successful');
    expect(resultOf(run).measurements?.[0]?.value).toBe('{"authorization":"Token *****","ok":true}');
    const shown = [
      await session.kubectl('get', 'analysisruns,events', '-o', 'yaml'),
      await controller.log(),
      await (await fetch(controller.metricsUrl)).text(),
    ];
    for (const text of shown) expect(text).not.toContain(SECRET);
  });

  test('says which right is missing, and goes on once it is granted', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await createSecret(session);
    const url = vendor.answer('/secret-later', json({ ok: true }));
    await session.apply(analysisRun(spec(url)));
    const run = await untilRun(session, 'to have an error', ({ status }) => status?.metricResults?.[0]?.error === 1);
    expect(run.status?.phase).toBe('Running');
    expect(resultOf(run).measurements?.[0]?.message).toBe(
      `the controller lacks the right to get secrets in namespace ${session.namespace}; deploy/components/analysis-secrets grants it`,
    );
    expect(vendor.asked('/secret-later')).toBe(0);
    await grant(session, 'analysis-secrets');
    expect(resultOf(await untilPhase(session, 'Successful'))).toMatchObject({ error: 1, count: 1 });
  });

  test('ends with an error when there is no such Secret', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await grant(session, 'analysis-secrets');
    await session.apply(analysisRun(spec('http://127.0.0.1:1')));
    const run = await untilPhase(session, 'Error');
    expect(run.status?.message).toBe('Unable to resolve metric arguments: secret "vendor" not found');
  });
});

describe('a controller that is killed', () => {
  test('between two measurements, and during one, counts none of them twice', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    let isSilent = false;
    const url = vendor.answer('/killed', () => (isSilent ? 'silence' : { body: '{"ok":true}' }));
    await session.apply(
      analysisRun({ metrics: [webMetric(url, { count: 3, interval: '2s' }, { timeoutSeconds: 120 })] }),
    );
    await untilRun(session, 'to have one measurement', (run) => run.status?.metricResults?.[0]?.count === 1);
    isSilent = true;
    await controller.restart();
    await waitFor(() => vendor.asked('/killed') === 2, { what: 'the second measurement to begin' });
    isSilent = false;
    await controller.restart();
    const run = await untilPhase(session, 'Successful');
    const { measurements = [], ...counted } = resultOf(run);
    expect(counted).toMatchObject({ count: 3, successful: 3, consecutiveSuccess: 3 });
    expect(measurements).toHaveLength(3);
    // The one that was under way was asked for again.
    expect(vendor.asked('/killed')).toBe(4);
  });

  test('after every single write makes no Job twice, and counts nothing twice', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await grant(session, 'analysis-jobs');
    const url = vendor.answer('/severed', json({ ok: true }));
    const often = { count: 2, interval: '1s' };
    await controller.kill('SIGKILL');
    await session.apply(
      analysisRun({ metrics: [webMetric(url, { ...often, name: 'web' }), jobMetric({}, 'job', often)] }),
    );
    let lives = 0;
    let end: string | undefined;
    do {
      await controller.kill('SIGKILL');
      proxy.severAfter(1);
      await controller.start();
      lives += 1;
      end = await waitFor(
        async () => {
          // Asked first: what the last write brought about belongs to the next life.
          if (proxy.severed) return 'killed';
          return (await session.get('analysisruns', 'check')).status?.phase === 'Successful' ? 'finished' : undefined;
        },
        { what: 'a write of the controller, or the end of the run' },
      );
    } while (end === 'killed');
    proxy.mend();
    const run = await session.get('analysisruns', 'check');
    for (const metric of ['web', 'job']) {
      expect(resultOf(run, metric)).toMatchObject({ count: 2, successful: 2, measurements: [{}, {}] });
      expect(resultOf(run, metric).error).toBeUndefined();
    }
    expect(await jobNamesIn(session)).toEqual([1, 2].map((number) => `${run.metadata.uid}.job.${number}`));
    expect(lives).toBeGreaterThan(5);
  });

  test('and started where there are no AnalysisRuns: it works all the same', async () => {
    await cluster.plane.mustKubectl(['delete', 'crd', 'analysisruns.argoproj.io', 'analysistemplates.argoproj.io']);
    await controller.restart();
    expect(await controller.log()).toContain('The server does not know this resource');
  });
});
