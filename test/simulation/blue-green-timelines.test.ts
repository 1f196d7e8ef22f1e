/**
 * The worked timelines of spec A.13: two replicas, revision A stable and B new. One row is one change of
 * ours; of the status only what differs is shown, counts as spec.replicas, replicas, updated, ready, available.
 */
import { expect, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { KubeObject, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { PODS, REPLICA_SETS, ROLLOUTS, SERVICES } from '../../src/kube/resources.ts';
import { BLUE_GREEN, calmHistory } from './calm-history.ts';
import { hashOf } from './cluster/pod.ts';
import type { Change } from './cluster/store.ts';
import type { History } from './history.ts';

/** Everything that the controller writes from now on, in rows as the specification has them. */
class Timeline {
  readonly rows: string[] = [];
  readonly #letters = new Map<string, string>();

  constructor(history: History) {
    for (const one of history.cluster.store.list<ReplicaSet>(REPLICA_SETS.plural)) this.#letterOf(hashOf(one));
    history.cluster.store.onChange((change) => {
      const row = change.author === 'serin' ? this.#rowOf(change) : '';
      if (row !== '') this.rows.push(row);
    });
  }

  /** What was written since the last time. */
  take(): readonly string[] {
    return this.rows.splice(0);
  }

  #letterOf(hash: string): string {
    const letter = this.#letters.get(hash) ?? String.fromCodePoint('A'.codePointAt(0)! + this.#letters.size);
    this.#letters.set(hash, letter);
    return letter;
  }

  #rowOf({ plural, before, after }: Change): string {
    const facts = this.#factsOf(plural, after);
    const former = this.#factsOf(plural, before);
    const changed = [...facts]
      .filter(([key, value]) => former.get(key) !== value)
      .map(([key, value]) => `${key} ${value}`);
    const gone = [...former.keys()].filter((key) => !facts.has(key)).map((key) => `no ${key}`);
    return [...changed, ...gone].join(', ');
  }

  #factsOf(plural: string, object: KubeObject | undefined): ReadonlyMap<string, string> {
    const facts = new Map<string, string>();
    if (object === undefined) return facts;
    if (plural === REPLICA_SETS.plural) this.#addReplicaSet(facts, object as ReplicaSet);
    if (plural === SERVICES.plural) {
      const hash = (object as Service).spec.selector?.[LABELS.podTemplateHash];
      if (hash !== undefined) facts.set(object.metadata.name, `→ ${this.#letterOf(hash)}`);
    }
    if (plural === ROLLOUTS.plural) this.#addStatus(facts, object as Rollout);
    return facts;
  }

  #addReplicaSet(facts: Map<string, string>, replicaSet: ReplicaSet): void {
    const letter = this.#letterOf(hashOf(replicaSet));
    const { annotations } = replicaSet.metadata;
    facts.set(`size of ${letter}`, String(replicaSet.spec.replicas));
    facts.set(`revision of ${letter}`, annotations?.[ANNOTATIONS.revision] ?? '-');
    if (annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined) facts.set(`deadline of ${letter}`, 'set');
  }

  #addStatus(facts: Map<string, string>, { spec, status = {} }: Rollout): void {
    const { replicas, updatedReplicas, readyReplicas, availableReplicas, blueGreen = {} } = status;
    const hashes = {
      current: status.currentPodHash,
      preview: blueGreen.previewSelector,
      active: blueGreen.activeSelector,
      stable: status.stableRS,
    };
    for (const [key, hash] of Object.entries(hashes)) if (hash !== undefined) facts.set(key, this.#letterOf(hash));
    if (blueGreen.scaleUpPreviewCheckPoint === true) facts.set('checkpoint', 'true');
    if ((status.pauseConditions ?? []).length > 0) facts.set('pause', status.pauseConditions?.[0]?.reason ?? '');
    if (status.controllerPause === true) facts.set('controllerPause', 'true');
    facts.set('counts', [spec.replicas, replicas, updatedReplicas, readyReplicas, availableReplicas].join());
    facts.set('phase', [status.phase, ...(status.message === '' ? [] : [status.message])].join(': '));
  }
}

/** A stands, B is asked for, and everything has come to rest that can without a person. */
async function updated(strategy: JsonObject = {}): Promise<{ readonly history: History; readonly timeline: Timeline }> {
  const history = await calmHistory({ blueGreen: { ...BLUE_GREEN, ...strategy } }, { replicas: 2 });
  const timeline = new Timeline(history);
  history.user.setImage('');
  await history.runToRest();
  return { history, timeline };
}

const UPDATE = [
  'size of B 0, revision of B 2',
  'current B, counts 2,2,0,2,2, phase Progressing: more replicas need to be updated',
  'web-preview → B',
  'preview B',
  'size of B 2',
  'counts 2,4,2,2,2, phase Progressing: active service cutover pending',
];
const PAUSED = 'pause BlueGreenPause, controllerPause true, phase Paused: BlueGreenPause';
const SWITCHED = ['web-active → B', 'active B, stable B, phase Healthy, no controllerPause'];
const RETIRED = ['deadline of A set', 'size of A 0, no deadline of A', 'counts 2,2,2,2,2'];

interface Timetable {
  readonly name: string;
  readonly strategy?: JsonObject;
  /** Until everything rests that can without a person. */
  readonly rests: readonly string[];
  /** What a person does then, and what follows. */
  readonly acts?: readonly (readonly [name: string, act: (history: History) => void, rows: readonly string[]])[];
}

const promote = ({ user }: History) => user.resume();

test.each<Timetable>([
  {
    name: '(a) a person promotes',
    rests: [...UPDATE, PAUSED],
    acts: [['promotes', promote, [...SWITCHED, ...RETIRED]]],
  },
  {
    name: '(b) the preview is small: a promotion lets it grow first',
    strategy: { previewReplicaCount: 1 },
    rests: [
      'size of B 0, revision of B 2',
      'current B, counts 2,2,0,2,2, phase Progressing: more replicas need to be updated',
      'web-preview → B',
      'preview B',
      'size of B 1',
      'counts 2,3,1,2,2',
      PAUSED,
    ],
    acts: [
      [
        'promotes',
        promote,
        [
          'checkpoint true, phase Progressing: more replicas need to be updated, no controllerPause',
          'size of B 2',
          'counts 2,4,2,2,2, phase Progressing: active service cutover pending',
          'web-active → B',
          'active B, stable B, phase Healthy, no checkpoint',
          'deadline of A set',
          'size of A 0, no deadline of A',
          'counts 2,2,2,2,2',
        ],
      ],
    ],
  },
  {
    name: 'an abort at the pause: the preview stays where it is, and loses its pods after the delay',
    rests: [...UPDATE, PAUSED],
    acts: [
      [
        'aborts',
        ({ user }) => user.abort(),
        [
          'deadline of B set',
          'phase Degraded: RolloutAborted: Rollout aborted update to revision 2, no pause, no controllerPause',
          'size of B 0, no deadline of B',
          'counts 2,2,0,2,2',
        ],
      ],
      [
        'retries',
        ({ user }) => user.retry(),
        [
          'size of B 2',
          'phase Progressing: more replicas need to be updated',
          'counts 2,4,2,2,2, phase Progressing: active service cutover pending',
          PAUSED,
        ],
      ],
    ],
  },
  {
    name: 'nobody is to be asked',
    strategy: { autoPromotionEnabled: true },
    rests: [...UPDATE, 'web-active → B', 'active B, stable B, phase Healthy', ...RETIRED],
  },
  {
    name: 'by itself after a while, and without a delay after that',
    strategy: { autoPromotionEnabled: true, autoPromotionSeconds: 600, scaleDownDelaySeconds: 0 },
    rests: [
      ...UPDATE,
      PAUSED,
      'web-active → B',
      'active B, stable B, phase Healthy, no pause, no controllerPause',
      'size of A 0',
      'counts 2,2,2,2,2',
    ],
  },
])('$name', async ({ strategy, rests, acts = [] }) => {
  const { history, timeline } = await updated(strategy);
  expect(timeline.take()).toEqual(rests);
  for (const [name, act, rows] of acts) {
    act(history);
    await history.runToRest();
    history.checkSettled();
    expect([name, ...timeline.take()]).toEqual([name, ...rows]);
  }
});

const SECOND_MS = 1000;

/** B is active, and A waits for its delay. */
async function promoted(strategy: JsonObject = {}) {
  const history = await calmHistory({ blueGreen: { ...BLUE_GREEN, ...strategy } }, { replicas: 2 });
  const timeline = new Timeline(history);
  const template = history.user.rollout.spec.template as JsonObject;
  history.user.setImage('');
  await history.runFor(10 * SECOND_MS);
  history.user.promoteFull();
  await history.runFor(10 * SECOND_MS);
  timeline.take();
  return { history, timeline, template };
}

test.each([
  { name: '(d)', strategy: {} },
  { name: 'with a small preview', strategy: { previewReplicaCount: 1 } },
])('$name: back to A while its pods are there, and nobody is asked', async ({ strategy }) => {
  const { history, timeline, template } = await promoted(strategy);
  history.user.applyTemplate(template);
  await history.runFor(5 * SECOND_MS);
  expect(timeline.take()).toEqual([
    'revision of A 3',
    'web-preview → A',
    'current A, preview A, phase Progressing: active service cutover pending',
    'web-active → A',
    'no deadline of A',
    'active A, stable A, phase Healthy',
    'deadline of B set',
  ]);
});

test('back to A when its pods are gone: a person is asked', async () => {
  const { history, timeline, template } = await promoted();
  await history.runToRest();
  timeline.take();
  history.user.applyTemplate(template);
  await history.runToRest();
  expect(timeline.take()).toEqual([
    'revision of A 3',
    'web-preview → A',
    'current A, preview A, counts 2,2,0,2,2, phase Progressing: more replicas need to be updated',
    'size of A 2',
    'counts 2,4,2,2,2, phase Progressing: active service cutover pending',
    PAUSED,
  ]);
});

test('a person who does not wait for the time is obeyed at once', async () => {
  const strategy = { ...BLUE_GREEN, autoPromotionEnabled: true, autoPromotionSeconds: 600 };
  const history = await calmHistory({ blueGreen: strategy }, { replicas: 2 });
  const timeline = new Timeline(history);
  history.user.setImage('');
  await history.runFor(10 * SECOND_MS);
  expect(timeline.take()).toEqual([...UPDATE, PAUSED]);
  promote(history);
  await history.runFor(SECOND_MS);
  expect(timeline.take()).toEqual([...SWITCHED, 'deadline of A set']);
});

test('a promotion in the moment in which a pod fails is not lost', async () => {
  const { history, timeline } = await updated();
  const pod = history.cluster.runningPods().at(-1)?.metadata.name ?? '';
  timeline.take();
  history.cluster.kubelet.crash(pod, 5 * SECOND_MS);
  await history.runFor(SECOND_MS);
  promote(history);
  await history.runFor(SECOND_MS);
  expect(timeline.take()).toEqual(['phase Progressing: active service cutover pending']);
  await history.runFor(10 * SECOND_MS);
  expect(timeline.take()).toEqual([...SWITCHED, 'deadline of A set']);
});

test('a promotion in the moment in which a pod is deleted waits for the pod in its place', async () => {
  const { history, timeline } = await updated();
  const { store } = history.cluster;
  const doomed = history.cluster.runningPods().filter((pod) => hashOf(pod) === history.user.status.currentPodHash);
  const served: number[] = [];
  store.onChange(({ plural, after, author }) => {
    if (plural !== SERVICES.plural || author !== 'serin' || after === undefined) return;
    const hash = (after as Service).spec.selector?.[LABELS.podTemplateHash];
    const target = store.list<ReplicaSet>(REPLICA_SETS.plural).find((one) => hashOf(one) === hash);
    served.push(target === undefined ? 0 : history.cluster.availableOf(target));
  });
  timeline.take();
  for (const pod of doomed) {
    store.patch(PODS.plural, pod.metadata.name, { metadata: { deletionTimestamp: '2026-01-05T08:00:00Z' } }, 'user');
  }
  await history.runFor(20);
  promote(history);
  await history.runFor(10 * SECOND_MS);
  expect(timeline.take()).toContain('web-active → B');
  expect(served).toEqual([2]);
});

test('a selector that somebody strips comes back, and opens no gate', async () => {
  const { history, timeline } = await updated();
  timeline.take();
  const patch = { spec: { selector: { [LABELS.podTemplateHash]: null } } };
  for (const name of ['web-active', 'web-preview']) history.cluster.store.patch('services', name, patch, 'user');
  await history.runToRest();
  expect(timeline.take()).toEqual(['web-active → A', 'web-preview → B']);
  expect(history.user.status).toMatchObject({ phase: 'Paused', message: 'BlueGreenPause' });
});

test('a Service that somebody replaced while a pod of A is missing leads to A again, and to nothing of B', async () => {
  const { history, timeline } = await updated();
  const stable = history.cluster.runningPods().find((pod) => hashOf(pod) === history.user.status.stableRS);
  history.cluster.kubelet.crash(stable?.metadata.name ?? '', 60 * SECOND_MS);
  await history.runFor(SECOND_MS);
  timeline.take();
  const patch = {
    metadata: { annotations: { [ANNOTATIONS.managedByRollouts]: null } },
    spec: { selector: { [LABELS.podTemplateHash]: null } },
  };
  history.cluster.store.patch(SERVICES.plural, 'web-active', patch, 'user');
  await history.runFor(SECOND_MS);
  expect(timeline.take()).toEqual(['web-active → A']);
  expect(history.user.status).toMatchObject({ phase: 'Paused', message: 'BlueGreenPause' });
});

test('whoever goes back in the second after the switch is not asked either', async () => {
  const { history, timeline } = await updated();
  const template = history.user.rollout.spec.template as JsonObject;
  const revisionA = history.cluster.store
    .list<ReplicaSet>(REPLICA_SETS.plural)
    .find((one) => hashOf(one) === history.user.status.stableRS);
  promote(history);
  while (history.user.status.phase !== 'Healthy') await history.runFor(10);
  timeline.take();
  history.user.applyTemplate({ ...template, spec: revisionA?.spec.template.spec ?? {} });
  await history.runFor(5 * SECOND_MS);
  expect(timeline.take()).not.toContain(PAUSED);
  expect(history.user.status).toMatchObject({ phase: 'Healthy', stableRS: hashOf(revisionA!) });
});
