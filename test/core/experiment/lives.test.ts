/** The life of an Experiment, look by look (spec C.2). */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import type { Refusal } from '../../../src/kube/plan.ts';
import { ANALYSIS_RUNS, REPLICA_SETS, SERVICES } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { NOW, RATE, template, Trial } from './trial.ts';

const CHECK = { name: 'check', templateName: 'rate' };
const REQUIRED = { ...CHECK, requiredForCompletion: true };

/** All pods are available, and the analyses have begun. */
function running(...[spec, templates]: ConstructorParameters<typeof Trial>): Trial {
  const trial = new Trial({ scaleDownDelaySeconds: 0, ...spec }, { rate: RATE, ...templates });
  trial.settle();
  for (const [name, size] of Object.entries(trial.sizes)) trial.setAvailable(name, size);
  trial.settle();
  return trial;
}

function reasonOf({ status }: Trial): string | undefined {
  return findCondition(status.conditions, 'Progressing')?.reason;
}

describe('pods', () => {
  test('are pending until all of them are available, and running from then on', () => {
    const trial = new Trial({ templates: [template('a'), template('b', { replicas: 2 })] });
    trial.settle();
    expect(trial.sizes).toEqual({ 'trial-a': 1, 'trial-b': 2 });
    expect([trial.status.phase, reasonOf(trial)]).toEqual(['Pending', 'ReplicaSetUpdated']);
    trial.setAvailable('trial-a', 1).setAvailable('trial-b', 1).settle();
    expect([trial.status.phase, ...trial.states]).toEqual(['Pending', 'Running', 'Progressing']);
    expect(trial.status.availableAt).toBeUndefined();
    trial.setAvailable('trial-b', 2).wait(7);
    expect([trial.status.phase, reasonOf(trial)]).toEqual(['Running', 'NewReplicaSetAvailable']);
    expect(trial.status.availableAt).toBe(formatTime(NOW + 7000));
  });

  test('of templates that are alike are told apart', () => {
    const same = template('a');
    const trial = new Trial({ templates: [same, { ...same, name: 'b' }] });
    trial.settle();
    const hashes = ['trial-a', 'trial-b'].map(
      (name) => trial.replicaSet(name).metadata.labels?.[LABELS.podTemplateHash],
    );
    expect(new Set(hashes).size).toBe(2);
    expect(trial.status.templateStatuses?.map(({ podTemplateHash }) => podTemplateHash)).toEqual(hashes);
    const { selector, template: pods } = trial.replicaSet('trial-a').spec;
    expect(selector.matchLabels).toEqual({ app: 'a', [LABELS.podTemplateHash]: hashes[0] });
    expect(pods.metadata?.labels).toEqual({ app: 'a', [LABELS.podTemplateHash]: hashes[0] });
  });

  test('have a hash of their own although their template comes from a ReplicaSet of a Rollout', () => {
    const labelled = template('a');
    const metadata = { labels: { app: 'a', [LABELS.podTemplateHash]: 'of-the-rollout' } };
    const hashOf = (one: typeof labelled) => {
      const trial = new Trial({ templates: [one] });
      trial.settle();
      return trial.status.templateStatuses?.[0]?.podTemplateHash;
    };
    expect(hashOf({ ...labelled, template: { ...labelled.template, metadata } })).toBe(hashOf(labelled));
  });

  test('of another controller keep the hash that they have', () => {
    const trial = new Trial({});
    trial.settle();
    const { metadata, ...rest } = trial.replicaSet('trial-a');
    const labels = { [LABELS.podTemplateHash]: 'theirs' };
    trial.put(REPLICA_SETS, { ...rest, metadata: { ...metadata, labels } });
    trial.settle();
    expect(trial.status.templateStatuses?.[0]?.podTemplateHash).toBe('theirs');
    expect(trial.sizes).toEqual({ 'trial-a': 1 });
  });

  test('follow a changed number', () => {
    const trial = running({});
    trial.change({ templates: [template('a', { replicas: 3 })] }).settle();
    expect(trial.sizes).toEqual({ 'trial-a': 3 });
    expect(trial.states).toEqual(['Progressing']);
    expect(trial.status.phase).toBe('Running');
  });

  test('of a template that is not in the spec any more are removed', () => {
    const trial = running({ templates: [template('a'), template('b')] });
    trial.change({ templates: [template('a')] }).settle();
    expect(trial.sizes).toEqual({ 'trial-a': 1, 'trial-b': 0 });
  });

  test('get another ReplicaSet when a person has deleted theirs', () => {
    const trial = running({});
    trial.remove(REPLICA_SETS, 'trial-a');
    trial.settle();
    expect(trial.sizes).toEqual({ 'trial-a': 1 });
    expect(trial.states).toEqual(['Progressing']);
  });

  test('get another name when theirs is taken', () => {
    const trial = new Trial({});
    trial.informed = { takenNames: new Set(['trial-a']) };
    trial.look();
    expect(trial.sizes).toEqual({});
    expect(trial.status.templateStatuses?.[0]?.collisionCount).toBe(1);
    trial.informed = {};
    trial.settle();
    expect(trial.sizes).toEqual({ 'trial-a-1': 1 });
    expect(trial.status.templateStatuses?.[0]?.collisionCount).toBe(1);
  });

  test('that make no progress until the deadline fail the experiment', () => {
    const trial = new Trial({ progressDeadlineSeconds: 60, templates: [template('a'), template('b')] });
    trial.settle();
    trial.now += 59_000;
    trial.setAvailable('trial-a', 1).settle();
    expect(trial.states).toEqual(['Running', 'Progressing']);
    trial.setAvailable('trial-b', 0);
    expect(trial.settle().requeueAfterMs).toBe(60_000);
    trial.wait(59);
    expect(trial.status.phase).toBe('Pending');
    trial.wait(1);
    expect(trial.status).toMatchObject({
      phase: 'Failed',
      message: "Template 'b' exceeded its progressDeadlineSeconds (60)",
    });
    expect(trial.states).toEqual(['Successful', 'Failed']);
  });
});

describe('the end', () => {
  test('is written down before anything is removed', () => {
    const trial = running({ duration: '1m', analyses: [CHECK] });
    trial.now += 60_000;
    const plan = trial.look();
    expect(plan.writes.map(({ resource, op }) => `${op} ${resource.kind}`)).toEqual(['patch Experiment']);
    expect(trial.status.phase).toBe('Successful');
    trial.look();
    expect(trial.sizes).toEqual({ 'trial-a': 0 });
    expect(trial.run().spec.terminate).toBe(true);
  });

  test('comes by itself after the duration, counted from when the pods were available', () => {
    const trial = new Trial({ duration: '1m30s' });
    trial.settle();
    trial.wait(100);
    expect(trial.setAvailable('trial-a', 1).settle().requeueAfterMs).toBe(90_000);
    trial.wait(89);
    expect(trial.status.phase).toBe('Running');
    trial.wait(1);
    expect(trial.status.phase).toBe('Successful');
    expect(reasonOf(trial)).toBe('ExperimentCompleted');
  });

  test('does not come without a duration, until a person asks for it', () => {
    const trial = running({ analyses: [CHECK] });
    trial.setRun('Successful').wait(1_000_000);
    expect(trial.status.phase).toBe('Running');
    trial.change({ terminate: true }).settle();
    expect(trial.status).toMatchObject({ phase: 'Successful', message: 'ended by spec.terminate' });
    expect(trial.states).toEqual(['Successful']);
    expect(trial.sizes).toEqual({ 'trial-a': 0 });
  });

  test('comes before any pod when the experiment is to end at once', () => {
    const trial = new Trial({ terminate: true, analyses: [REQUIRED] }, { rate: RATE });
    trial.settle();
    expect(trial.status.phase).toBe('Successful');
    expect(trial.sizes).toEqual({});
  });

  test.each([
    ['30 seconds without a word', {}, 30],
    ['the delay of the spec', { scaleDownDelaySeconds: 5 }, 5],
  ])('leaves the pods for %s', (_what, spec, delay) => {
    const trial = running({ duration: '1m', scaleDownDelaySeconds: undefined as never, ...spec });
    expect(trial.wait(60).requeueAfterMs).toBe(delay * 1000);
    expect(trial.replicaSet('trial-a').metadata.annotations?.[ANNOTATIONS.scaleDownDeadline]).toBe(
      formatTime(trial.now + delay * 1000),
    );
    trial.wait(delay - 1);
    expect(trial.sizes).toEqual({ 'trial-a': 1 });
    trial.wait(1);
    expect(trial.sizes).toEqual({ 'trial-a': 0 });
    expect(trial.replicaSet('trial-a').metadata.annotations?.[ANNOTATIONS.scaleDownDeadline]).toBeUndefined();
  });

  test('is not taken back, whatever happens afterwards', () => {
    const trial = running({ duration: '1m', analyses: [CHECK] });
    trial.wait(60);
    trial.setRun('Failed').setAvailable('trial-a', 0).change({ duration: '2h', templates: [] }).wait(10_000);
    expect(trial.status).toMatchObject({ phase: 'Successful' });
    expect(trial.sizes).toEqual({ 'trial-a': 0 });
  });

  test('is announced, after what leads to it', () => {
    const trial = running({ analyses: [REQUIRED] });
    trial.setRun('Successful').settle();
    expect(trial.events.slice(-5)).toEqual([
      'ExperimentRunning: Experiment is Running',
      "AnalysisRunSuccessful: AnalysisRun 'trial-check' of analysis 'check' is Successful",
      'ExperimentSuccessful: Experiment is Successful: Required AnalysisRuns completed',
      'ScalingReplicaSet: Scaled down ReplicaSet trial-a from 1 to 0',
      "TemplateSuccessful: Template 'a' is Successful",
    ]);
  });
});

describe('analyses', () => {
  test('begin once the status says since when the pods are available', () => {
    const trial = new Trial({ analyses: [CHECK] }, { rate: RATE });
    trial.settle();
    trial.setAvailable('trial-a', 1).look();
    expect(trial.status.availableAt).toBeDefined();
    expect(trial.status.analysisRuns).toBeUndefined();
    trial.look();
    expect(trial.status.analysisRuns).toEqual([{ name: 'check', analysisRun: 'trial-check', phase: 'Pending' }]);
    expect(trial.run().metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Experiment', uid: 'uid-trial' });
  });

  test('that are required are waited for after the duration', () => {
    const trial = running({ duration: '1m', analyses: [REQUIRED] });
    trial.setRun('Running').wait(60);
    expect(trial.status).toMatchObject({ phase: 'Running', message: "waiting for required analysis 'check'" });
    expect(trial.sizes).toEqual({ 'trial-a': 1 });
    trial.setRun('Successful').settle();
    expect(trial.status.phase).toBe('Successful');
  });

  test('that are required and could not begin in time are not passed over', () => {
    const trial = new Trial({ duration: '1s', analyses: [REQUIRED] }, { rate: RATE });
    trial.settle();
    trial.setAvailable('trial-a', 1).look();
    trial.wait(60);
    expect(trial.status.phase).toBe('Running');
    expect(trial.status.analysisRuns?.[0]?.analysisRun).toBe('trial-check');
  });

  test('that run are asked to end by a person who ends the experiment, and decide it', () => {
    const trial = running({ analyses: [REQUIRED] });
    trial.setRun('Running').change({ terminate: true }).settle();
    expect(trial.run().spec.terminate).toBe(true);
    expect(trial.status.phase).toBe('Running');
    trial.setRun('Inconclusive').settle();
    expect(trial.status.phase).toBe('Inconclusive');
  });

  test('are made again when a person has deleted their run', () => {
    const trial = running({ analyses: [REQUIRED] });
    trial.setRun('Running').settle();
    trial.remove(ANALYSIS_RUNS, 'trial-check');
    trial.settle();
    expect(trial.status.analysisRuns).toEqual([{ name: 'check', analysisRun: 'trial-check', phase: 'Pending' }]);
  });

  test('adopt the run that a look made before its status was written', () => {
    const trial = new Trial({ analyses: [REQUIRED] }, { rate: RATE });
    trial.settle();
    trial.setAvailable('trial-a', 1).look();
    const { status } = trial.experiment;
    trial.look();
    trial.setRun('Running');
    trial.put({ ...ANALYSIS_RUNS, plural: 'experiments' }, { ...trial.experiment, status } as never);
    trial.settle();
    expect(trial.status.analysisRuns).toEqual([{ name: 'check', analysisRun: 'trial-check', phase: 'Running' }]);
  });

  test('take another name beside a run of another owner', () => {
    const trial = new Trial({ analyses: [CHECK] }, { rate: RATE });
    trial.settle();
    trial.setAvailable('trial-a', 1).look();
    const foreign = { metadata: { name: 'trial-check', uid: 'x', resourceVersion: '1' }, spec: { metrics: [] } };
    const { analysis } = trial.world;
    trial.informed = { analysis: { ...analysis, inTheWay: [foreign] } };
    trial.look();
    expect(trial.status.analysisRuns?.[0]?.analysisRun).toBe('trial-check.1');
  });

  test('end the experiment with what is wrong with their template', () => {
    const trial = new Trial({
      analyses: [{ ...CHECK, args: [{ name: 'x', value: '{{templates.b.podTemplateHash}}' }] }],
    });
    trial.addTemplate('rate', { ...RATE, args: [{ name: 'x' }] });
    trial.settle();
    trial.setAvailable('trial-a', 1).settle();
    expect(trial.status).toMatchObject({
      phase: 'Error',
      message: "analysis 'check' cannot run: args.x: failed to resolve {{templates.b.podTemplateHash}}",
    });
  });

  test('wait ten seconds for a template that may follow', () => {
    const trial = new Trial({ analyses: [CHECK] });
    expect(trial.settle().requeueAfterMs).toBe(10_000);
    trial.setAvailable('trial-a', 1).wait(9);
    expect(trial.status.phase).toBe('Running');
    trial.wait(1);
    expect(trial.status).toMatchObject({
      phase: 'Error',
      message: "analysis 'check' cannot run: AnalysisTemplate 'rate' not found",
    });
  });
});

describe('Services', () => {
  const ofName = (name: string) => template('a', { service: { name } });

  test('are there before the template runs, and until no pod is available', () => {
    const trial = new Trial({ templates: [template('a', { service: {} })], duration: '1m', scaleDownDelaySeconds: 0 });
    trial.look();
    trial.setAvailable('trial-a', 1);
    expect(trial.services).toEqual([]);
    trial.look();
    expect(trial.services).toEqual(['trial-a']);
    expect(trial.states).toEqual(['Progressing']);
    trial.settle();
    expect([trial.status.phase, trial.status.templateStatuses?.[0]?.serviceName]).toEqual(['Running', 'trial-a']);
    trial.wait(60);
    expect([trial.sizes, trial.services]).toEqual([{ 'trial-a': 0 }, ['trial-a']]);
    trial.setAvailable('trial-a', 0).settle();
    expect(trial.services).toEqual([]);
    expect(trial.status.templateStatuses?.[0]?.serviceName).toBeUndefined();
  });

  test.each([
    ['no ports', template('a', { service: {}, template: { metadata: { labels: { app: 'a' } } } })],
    ['no pods', template('a', { service: {}, replicas: 0 })],
  ])('are not made for %s', (_what, one) => {
    const trial = running({ templates: [one] });
    expect([trial.services, trial.status.phase]).toEqual([[], 'Running']);
  });

  test('are renamed with the spec', () => {
    const trial = running({ templates: [ofName('x')] });
    trial.change({ templates: [ofName('y')] }).settle();
    expect(trial.services).toEqual(['y']);
  });

  test('of another owner are an error, and stay', () => {
    const trial = new Trial({ templates: [ofName('taken')] });
    trial.put(SERVICES, { metadata: { name: 'taken', namespace: 'shop', uid: 's', resourceVersion: '1' } });
    trial.settle();
    expect(trial.status).toMatchObject({
      phase: 'Error',
      message: "Service 'taken' exists and does not belong to the experiment",
    });
    expect(trial.services).toEqual(['taken']);
  });
});

describe('what the API server refuses', () => {
  function refused(resource: Refusal['write']['resource'], name: string): Partial<Trial['world']> {
    const write = { op: 'delete', resource, namespace: 'shop', name, uid: '', why: '' } as const;
    return { refused: [{ write, message: 'not allowed' }] };
  }

  test('is what the template waits for, and what its failure says', () => {
    const trial = new Trial({ progressDeadlineSeconds: 60 });
    trial.informed = refused(REPLICA_SETS, 'trial-a');
    trial.look();
    expect(trial.status).toMatchObject({ phase: 'Pending', message: 'not allowed' });
    trial.now += 60_000;
    trial.look();
    expect(trial.status).toMatchObject({
      phase: 'Failed',
      message: "Template 'a' exceeded its progressDeadlineSeconds (60): not allowed",
    });
  });

  test('is what the analysis waits for', () => {
    const trial = new Trial({ analyses: [REQUIRED] }, { rate: RATE });
    trial.settle();
    trial.setAvailable('trial-a', 1).look();
    trial.informed = refused(ANALYSIS_RUNS, 'trial-check');
    trial.look();
    expect(trial.status).toMatchObject({ phase: 'Running', message: 'not allowed' });
    trial.informed = {};
    trial.settle();
    expect(trial.status.message).toBeUndefined();
    expect(trial.status.analysisRuns?.[0]?.analysisRun).toBe('trial-check');
  });
});

test('runs that cannot be read are waited for, and not taken for lost', () => {
  const trial = running({ analyses: [REQUIRED] });
  trial.setRun('Running').settle();
  trial.remove(ANALYSIS_RUNS, 'trial-check');
  const { analysis } = trial.world;
  trial.informed = { analysis: { ...analysis, unreadable: 'no right' } };
  trial.settle();
  expect(trial.status.analysisRuns).toEqual([{ name: 'check', analysisRun: 'trial-check', phase: 'Running' }]);
  trial.change({ terminate: true }).settle();
  expect(trial.status.phase).toBe('Running');
});

describe('a mistake in the spec', () => {
  test('is reported, and nothing is created', () => {
    const trial = new Trial({ templates: [template('')] });
    trial.settle();
    const message = 'The Experiment "trial" is invalid: spec.templates[0].name: Required value: must not be empty';
    expect(trial.status).toMatchObject({ message, conditions: [{ type: 'InvalidSpec', status: 'True', message }] });
    expect(trial.status.phase).toBeUndefined();
    expect(trial.sizes).toEqual({});
    trial.change({ templates: [template('a')] }).settle();
    expect(trial.status.conditions?.map(({ type }) => type)).toEqual(['Progressing']);
    expect(trial.status.message).toBeUndefined();
  });
});
