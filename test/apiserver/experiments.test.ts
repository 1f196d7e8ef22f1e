/**
 * Experiments that people create with kubectl: pods side by side with a metric of the web, with Services, failing, ended
 * early, and with a controller that lacks a right.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import type { Experiment, ExperimentSpec, ExperimentTemplate } from '../../src/api/schema/experiment.ts';
import type { AnalysisTemplateSpec } from '../../src/api/schema/analysis-template.ts';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import { findCondition } from '../../src/kube/conditions.ts';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { accessTo } from './global-setup.ts';
import { MetricPage } from './metric-page.ts';
import { Session } from './session.ts';

let cluster: Cluster;
let controller: ControllerProcess;
beforeAll(async () => {
  cluster = await startCluster();
  await installSerin(cluster.plane);
  controller = await startController(cluster.plane, { flags: ['--loglevel=debug'] });
});
afterAll(() => cluster?.stop());

/** Tests run side by side, so that each brings its own hook. */
async function openSession(onTestFailed: TestContext['onTestFailed']): Promise<Session> {
  const session = await Session.open(await accessTo(cluster.plane, controller));
  onTestFailed(async () => {
    const { stdout } = await session.tryKubectl([
      'get',
      'experiment,analysisrun,replicaset,service,event',
      '-o',
      'wide',
    ]);
    const experiments = await session.tryKubectl(['get', 'experiment', '-o', 'yaml']);
    const log = (await controller.log()).split('\n').filter((line) => line.includes(session.namespace));
    console.error(`${stdout}\n${experiments.stdout}\n${log.slice(-40).join('\n')}`);
  });
  return session;
}

function template(name: string, fields: Partial<ExperimentTemplate> = {}, pod: object = {}): ExperimentTemplate {
  return {
    name,
    selector: { matchLabels: { app: 'trial', side: name } },
    template: {
      metadata: { labels: { app: 'trial', side: name } },
      spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ name: 'http', containerPort: 8080 }] }] },
      ...pod,
    },
    ...fields,
  };
}

function experiment(spec: ExperimentSpec): object {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', metadata: { name: 'trial' }, spec };
}

function analysisTemplate(name: string, spec: AnalysisTemplateSpec): object {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata: { name }, spec };
}

/** Measures whether the page says that all is well. */
function webTemplate(name: string, url: string, fields: object = {}): object {
  return analysisTemplate(name, {
    args: [{ name: 'hash' }],
    metrics: [
      {
        name: 'errors',
        successCondition: 'result.ok',
        provider: { web: { url: `${url}?hash={{args.hash}}`, jsonPath: '{$}' } },
        ...fields,
      },
    ],
  });
}

const ANALYSIS = {
  name: 'rate',
  templateName: 'rate',
  requiredForCompletion: true,
  args: [{ name: 'hash', value: '{{templates.canary.podTemplateHash}}' }],
};

function until(session: Session, what: string, reached: (experiment: Experiment) => boolean): Promise<Experiment> {
  return waitFor(() => session.get('experiments', 'trial'), { what: `the experiment ${what}`, until: reached });
}

function untilPhase(session: Session, phase: string): Promise<Experiment> {
  return until(session, `to be ${phase}`, ({ status }) => status?.phase === phase);
}

async function sizes(session: Session): Promise<Record<string, number>> {
  const replicaSets = await session.list('replicasets');
  return Object.fromEntries(replicaSets.map(({ metadata, spec }) => [metadata.name, spec.replicas ?? 1]));
}

async function untilSizes(session: Session, wanted: Record<string, number>): Promise<void> {
  const isReached = (seen: Record<string, number>) =>
    Object.entries(wanted).every(([name, size]) => seen[name] === size);
  await waitFor(() => sizes(session), { what: `sizes ${JSON.stringify(wanted)}`, until: isReached });
}

async function reasonsOf(session: Session): Promise<readonly string[]> {
  const events = await session.list('events');
  return events.filter(({ involvedObject }) => involvedObject.kind === 'Experiment').map(({ reason }) => reason);
}

/** As a user grants the right to make Services in one namespace. */
async function grantServices(session: Session): Promise<void> {
  const folder = await mkdtemp(join(cluster.plane.scratch, 'component-'));
  const component = relative(folder, join(REPOSITORY, 'deploy', 'components', 'experiments'));
  const kustomization = `namespace: ${session.namespace}\ncomponents: ['${component}']\n`;
  await writeFile(join(folder, 'kustomization.yaml'), kustomization);
  await cluster.plane.mustKubectl(['apply', '-k', folder]);
}

describe.concurrent('an experiment', () => {
  test('compares two versions with a metric, ends with it, and removes its pods', async ({ onTestFailed }) => {
    await using page = await MetricPage.open({ ok: true });
    const session = await openSession(onTestFailed);
    await session.apply(
      webTemplate('rate', page.url, { count: 2, interval: '1s' }),
      experiment({
        templates: [template('baseline'), template('canary', { replicas: 2 })],
        analyses: [ANALYSIS],
        scaleDownDelaySeconds: 0,
      }),
    );
    const { status } = await untilPhase(session, 'Successful');
    expect(status?.message).toBe('Required AnalysisRuns completed');
    expect(status?.analysisRuns).toEqual([
      expect.objectContaining({ name: 'rate', analysisRun: 'trial-rate', phase: 'Successful' }),
    ]);
    await untilSizes(session, { 'trial-baseline': 0, 'trial-canary': 0 });

    const [baseline, canary] = status?.templateStatuses ?? [];
    expect(baseline?.podTemplateHash).not.toBe(canary?.podTemplateHash);
    const replicaSet = await session.get('replicasets', 'trial-canary');
    expect(replicaSet.metadata.annotations).toMatchObject({
      [ANNOTATIONS.experimentName]: 'trial',
      [ANNOTATIONS.experimentTemplateName]: 'canary',
    });
    const hash = replicaSet.metadata.labels?.[LABELS.podTemplateHash];
    expect(hash).toBe(canary?.podTemplateHash);
    const run = await session.get('analysisruns', 'trial-rate');
    expect(run.spec.args).toEqual([{ name: 'hash', value: hash }]);
    expect(run.metadata.ownerReferences).toEqual([expect.objectContaining({ kind: 'Experiment', name: 'trial' })]);

    const { status: after } = await session.get('experiments', 'trial');
    expect(findCondition(after?.conditions, 'Progressing')).toMatchObject({ reason: 'ExperimentCompleted' });
    const reasons = await waitFor(() => reasonsOf(session), {
      what: 'the events of the experiment',
      until: (all) => all.filter((one) => one === 'ScalingReplicaSet').length === 2,
    });
    expect(reasons).toEqual(
      expect.arrayContaining([
        'NewReplicaSetCreated',
        'TemplateRunning',
        'AnalysisRunSuccessful',
        'ExperimentSuccessful',
      ]),
    );
    expect(await session.kubectl('get', 'experiments')).toMatch(/trial +Successful/);
  });

  test('fails with its metric', async ({ onTestFailed }) => {
    await using page = await MetricPage.open({ ok: false });
    const session = await openSession(onTestFailed);
    await session.apply(
      webTemplate('rate', page.url),
      experiment({ templates: [template('canary')], analyses: [ANALYSIS], duration: '10m', scaleDownDelaySeconds: 0 }),
    );
    const { status } = await untilPhase(session, 'Failed');
    expect(status?.message).toContain('Metric "errors" assessed Failed');
    await untilSizes(session, { 'trial-canary': 0 });
  });

  test('runs for its duration, and the pods stay for their delay', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await session.apply(experiment({ templates: [template('canary')], duration: '2s', scaleDownDelaySeconds: 3 }));
    const { status } = await untilPhase(session, 'Successful');
    expect(Date.now() - Date.parse(status?.availableAt ?? '')).toBeGreaterThanOrEqual(2000);
    const waiting = await waitFor(() => session.get('replicasets', 'trial-canary'), {
      what: 'the deadline of the pods',
      until: ({ metadata }) => metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined,
    });
    expect(waiting.spec.replicas).toBe(1);
    await untilSizes(session, { 'trial-canary': 0 });
  });

  test('ends when a person asks it to, together with its analysis', async ({ onTestFailed }) => {
    await using page = await MetricPage.open({ ok: true });
    const session = await openSession(onTestFailed);
    await session.apply(
      webTemplate('rate', page.url, { interval: '1s' }),
      experiment({ templates: [template('canary')], analyses: [ANALYSIS], scaleDownDelaySeconds: 0 }),
    );
    await until(session, 'to measure', ({ status }) => status?.analysisRuns?.[0]?.phase === 'Running');
    await session.kubectl('patch', 'experiment', 'trial', '--type=merge', '-p', '{"spec":{"terminate":true}}');
    const { status } = await untilPhase(session, 'Successful');
    expect(status?.analysisRuns?.[0]).toMatchObject({ phase: 'Successful', message: 'Run Terminated' });
    await untilSizes(session, { 'trial-canary': 0 });
  });

  test('fails when its pods do not become available in time', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    const unready = { metadata: { labels: { app: 'trial', side: 'b' }, annotations: { 'serin.test/ready': 'false' } } };
    await session.apply(
      experiment({
        templates: [template('a'), template('b', {}, unready)],
        progressDeadlineSeconds: 3,
        scaleDownDelaySeconds: 0,
      }),
    );
    const { status } = await untilPhase(session, 'Failed');
    expect(status?.message).toBe("Template 'b' exceeded its progressDeadlineSeconds (3)");
    expect(status?.availableAt).toBeUndefined();
    await untilSizes(session, { 'trial-a': 0, 'trial-b': 0 });
  });

  test('waits for an analysis template that comes after it, and ends with an error when none comes', async ({
    onTestFailed,
  }) => {
    await using page = await MetricPage.open({ ok: true });
    const session = await openSession(onTestFailed);
    await session.apply(experiment({ templates: [template('canary')], analyses: [ANALYSIS] }));
    await session.apply(webTemplate('rate', page.url));
    await untilPhase(session, 'Successful');

    const other = await openSession(onTestFailed);
    await other.apply(experiment({ templates: [template('canary')], analyses: [ANALYSIS] }));
    const { status } = await untilPhase(other, 'Error');
    expect(status?.message).toBe("analysis 'rate' cannot run: AnalysisTemplate 'rate' not found");
    const { metadata } = await other.get('experiments', 'trial');
    expect(Date.now() - Date.parse(metadata.creationTimestamp ?? '')).toBeGreaterThanOrEqual(10_000);
  });

  test('says what is wrong with it, creates nothing, and goes on once that is corrected', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await session.apply(experiment({ templates: [template('a'), template('a')] }));
    const { status } = await until(
      session,
      'to be refused',
      ({ status: seen }) => findCondition(seen?.conditions, 'InvalidSpec') !== undefined,
    );
    expect(status?.message).toBe('The Experiment "trial" is invalid: spec.templates[1].name: Duplicate value: "a"');
    expect(await sizes(session)).toEqual({});
    await session.apply(experiment({ templates: [template('a'), template('b')], duration: '1s' }));
    const corrected = await untilPhase(session, 'Successful');
    expect(corrected.status?.conditions?.map(({ type }) => type)).toEqual(['Progressing']);
  });

  test('takes another name when a ReplicaSet has its own', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    const { selector, template: pod } = template('canary');
    const foreign = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'trial-canary' } };
    await session.apply({ ...foreign, spec: { replicas: 0, selector, template: pod } });
    await session.apply(experiment({ templates: [template('canary')], duration: '1s' }));
    const { status } = await untilPhase(session, 'Successful');
    expect(status?.templateStatuses?.[0]?.collisionCount).toBe(1);
    expect(Object.keys(await sizes(session))).toEqual(['trial-canary', 'trial-canary-1']);
  });
});

describe.concurrent('the Services of an experiment', () => {
  const ports = [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }];
  const several = {
    metadata: { labels: { app: 'trial', side: 'several' } },
    spec: { containers: [{ name: 'web', image: 'web:1', ports }] },
  };

  test('are there while it runs, and gone with its pods', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await grantServices(session);
    await session.apply(
      experiment({
        templates: [
          template('plain'),
          template('own', { service: {} }),
          template('named', { service: { name: 'by-name' } }),
          template('several', { service: {} }, several),
        ],
        scaleDownDelaySeconds: 5,
      }),
    );
    const { status } = await untilPhase(session, 'Running');
    expect(status?.templateStatuses?.map(({ serviceName }) => serviceName)).toEqual([
      undefined,
      'trial-own',
      'by-name',
      'trial-several',
    ]);
    const services = await session.list('services');
    expect(services.map(({ metadata }) => metadata.name)).toEqual(['by-name', 'trial-own', 'trial-several']);
    const own = await session.get('services', 'trial-own');
    const hash = status?.templateStatuses?.[1]?.podTemplateHash;
    expect(own.spec.selector).toEqual({ app: 'trial', side: 'own', [LABELS.podTemplateHash]: hash });
    const { spec } = await session.get('services', 'trial-several');
    expect(spec.ports).toEqual([
      { name: 'http', port: 8080, targetPort: 8080, protocol: 'TCP' },
      { name: 'tcp-9090', port: 9090, targetPort: 9090, protocol: 'TCP' },
    ]);
    await session.kubectl('patch', 'experiment', 'trial', '--type=merge', '-p', '{"spec":{"terminate":true}}');
    await untilPhase(session, 'Successful');
    await untilSizes(session, { 'trial-plain': 0, 'trial-own': 0, 'trial-named': 0, 'trial-several': 0 });
    await waitFor(() => session.list('services'), { what: 'no Service', until: (left) => left.length === 0 });
  });

  test('are not taken from another owner', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await grantServices(session);
    const metadata = { name: 'taken' };
    await session.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } });
    await session.apply(experiment({ templates: [template('canary', { service: { name: 'taken' } })] }));
    const { status } = await untilPhase(session, 'Error');
    expect(status?.message).toBe("Service 'taken' exists and does not belong to the experiment");
    expect(await session.get('services', 'taken')).toBeDefined();
  });

  test('wait for the right to make them, which the status names', async ({ onTestFailed }) => {
    const session = await openSession(onTestFailed);
    await session.apply(experiment({ templates: [template('canary', { service: {} })], duration: '1s' }));
    const { status } = await until(session, 'to name the right', (seen) => seen.status?.message !== undefined);
    expect(status).toMatchObject({
      phase: 'Pending',
      message: `the controller lacks the right to create services in namespace ${session.namespace}; deploy/components/experiments grants it`,
    });
    await grantServices(session);
    await untilPhase(session, 'Successful');
  });
});
