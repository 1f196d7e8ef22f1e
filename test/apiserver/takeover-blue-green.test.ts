/**
 * Taking over blue-green Rollouts from another controller of this API, at every moment of an update: no pod starts
 * anew, nobody is asked twice, nothing is skipped, and the active Service always leads somewhere (spec H.6.7, A.13).
 */
import {
  afterAll,
  beforeAll,
  describe,
  expect,
  test,
  vi,
  type RunnerTestCase,
  type RunnerTestSuite,
  type TestContext,
} from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, promote, retry } from './commands.ts';
import {
  aborted,
  ABORTED,
  FIRST,
  fromDeployment,
  goingBack,
  LONG_AGO,
  paused,
  pausedWithLoans,
  released,
  SECOND,
  settled,
  withService,
} from './inherited-blue-green.ts';
import type { Inheritance } from './inherited-rollout.ts';
import { readyEndpoints } from './ready-endpoints.ts';
import type { Recording } from './recording.ts';
import type { Scene } from './scene.ts';
import type { PodSeen, Session } from './session.ts';
import { TakeoverCluster, touched } from './takeover-cluster.ts';

// All of them are taken over at once, as when a cluster changes its controller.
vi.setConfig({ maxConcurrency: 100 });
let cluster: TakeoverCluster;
// oxlint-disable-next-line no-empty-pattern -- vitest reads off it that no fixture is needed
beforeAll(async ({}, file) => {
  cluster = await TakeoverCluster.start({ together: testsThatRun(file).length });
});
afterAll(() => cluster?.stop());

/** Those of a file or a group that are not filtered out. */
function testsThatRun({ tasks }: RunnerTestSuite): readonly RunnerTestCase[] {
  return tasks.flatMap((task) => (task.type === 'suite' ? testsThatRun(task) : task.mode === 'run' ? [task] : []));
}

const DEGRADED = { phase: 'Degraded', message: `RolloutAborted: ${ABORTED}`, aborted: true, active: 'web:1' } as const;
const PAUSED = { phase: 'Paused', message: 'BlueGreenPause', active: 'web:1', preview: 'web:2' } as const;
const PROMOTED = { phase: 'Healthy', active: 'web:2', preview: 'web:2', stableImage: 'web:2' } as const;
const BOTH = 'web:1=2 web:2=2';

interface Story {
  readonly name: string;
  readonly inherited: Inheritance;
  /** What the takeover comes to by itself. */
  readonly comesTo: Partial<Scene>;
  /** What is written to other objects than the Rollout until then; not looked at when absent. */
  readonly touches?: readonly string[];
  /** What a person does then, and what that comes to. */
  readonly person?: { readonly does: typeof promote; readonly endsAs: Partial<Scene> };
  /** Images that the active Service selects, one after the other. */
  readonly serves: readonly string[];
  /** Images of the pods that are created; none when absent. */
  readonly creates?: readonly string[];
  /** Images of the inherited pods that are there at the end; all of them when absent. */
  readonly keeps?: readonly string[];
  /** Events about pauses, promotions and aborts. */
  readonly tells: readonly string[];
  /** What the pods of each image carry as their role at the end; not looked at when absent. */
  readonly roles?: readonly string[];
  /** The former controller had left the active Service without any pod. */
  readonly wasDown?: boolean;
}

const TOLD = /^Rollout(Paused|Resumed|Completed|Aborted)$/;

/** Takes over, lets the person act, and looks back at all that happened. */
async function live(story: Story, context: TestContext): Promise<void> {
  const session = await cluster.inherit(context, story.inherited);
  const before = await session.list('pods');
  using recording = await cluster.takeOver(session);
  await session.until('web', story.comesTo);
  const { person, touches, serves, creates = [], keeps = imagesOf(before), tells, roles, wasDown = false } = story;
  expect(touches && touched(recording)).toEqual(touches);
  if (person !== undefined) {
    await person.does(session, 'web');
    await session.until('web', person.endsAs);
  }
  await waitFor(async () => readyEndpoints(await session.list('endpointslices'), 'web'), {
    what: 'the active Service to reach the pods of one revision',
    until: (reached) => reached === 2,
  });
  await session.settled();
  const moments = await recording.moments('web', ({ active }, { endpointSlices }) => ({
    active,
    reached: readyEndpoints(endpointSlices, 'web'),
  }));
  expect(runsOf(moments.map(({ active }) => active))).toEqual(serves);
  expect(Math.min(...moments.map(({ reached }) => reached)) > 0).toBe(!wasDown);
  expect(imagesOf(await survivorsOf(session, before))).toEqual(keeps);
  expect(changesOf(recording, 'pods', 'ADDED').map((pod) => (pod as PodSeen).spec.containers[0]?.image)).toEqual(
    creates,
  );
  expect([...changesOf(recording, 'replicasets', 'ADDED'), ...changesOf(recording, 'replicasets', 'DELETED')]).toEqual(
    [],
  );
  const reasons = recording.events('web').map(({ reason }) => reason);
  expect(reasons.filter((reason) => TOLD.test(reason))).toEqual(tells);
  expect(roles && rolesOf(await session.list('pods'))).toEqual(roles);
}

function changesOf(recording: Recording, plural: string, type: string): readonly object[] {
  return recording.changes.filter((one) => one.plural === plural && one.type === type).map(({ object }) => object);
}

async function survivorsOf(session: Session, before: readonly PodSeen[]): Promise<readonly PodSeen[]> {
  const present = new Set(
    (await session.list('pods'))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.uid),
  );
  return before.filter(({ metadata }) => present.has(metadata.uid));
}

function imagesOf(pods: readonly PodSeen[]): readonly string[] {
  return pods.map(({ spec }) => spec.containers[0]?.image ?? '').toSorted();
}

function rolesOf(pods: readonly PodSeen[]): readonly string[] {
  const roles = pods.map(({ metadata, spec }) => `${spec.containers[0]?.image} ${metadata.labels['role'] ?? 'none'}`);
  return [...new Set(roles)].toSorted();
}

/** Without repetitions of the value before. */
function runsOf(values: readonly string[]): readonly string[] {
  return values.filter((one, index) => one !== values[index - 1]);
}

describe.concurrent('a settled Rollout', () => {
  test('is left as it is', async (context) => {
    const session = await cluster.inherit(context, settled());
    const before = await session.get('rollouts', 'web');
    using recording = await cluster.takeOver(session);
    expect(touched(recording)).toEqual([]);
    const { metadata, spec, status } = await session.get('rollouts', 'web');
    expect({ annotations: metadata.annotations, spec }).toEqual({
      annotations: before.metadata.annotations,
      spec: before.spec,
    });
    // Where a canary stands is nothing that this Rollout reports, and that there is nothing to say is said.
    expect(status).toEqual({ ...before.status, canary: undefined, message: '' });
    expect(recording.events('web')).toEqual([]);
  });

  test('keeps its former revision until the deadline that it was given', async (context) => {
    const session = await cluster.inherit(context, settled());
    using recording = await cluster.takeOver(session);
    const deadline = Math.floor(Date.now() / 1000) * 1000 + 3_000;
    const annotation = `scale-down-deadline=${new Date(deadline).toISOString()}`;
    await session.kubectl('annotate', '--overwrite', 'replicaset', `web-${FIRST}`, annotation);
    await session.until('web', { ...PROMOTED, sizes: 'web:2=2' });
    expect(Date.now()).toBeGreaterThanOrEqual(deadline);
    expect(changesOf(recording, 'pods', 'ADDED')).toEqual([]);
  });

  test.for<Story>([
    {
      name: 'whose former revision was due while nobody looked',
      inherited: settled({}, LONG_AGO),
      comesTo: { ...PROMOTED, sizes: 'web:2=2', pods: 2 },
      serves: ['web:2'],
      keeps: ['web:2', 'web:2'],
      tells: [],
    },
    {
      name: 'with its template in a Deployment',
      inherited: fromDeployment(settled()),
      comesTo: { ...PROMOTED, sizes: BOTH },
      touches: [],
      serves: ['web:2'],
      tells: [],
    },
  ])('$name', live);
});

describe.concurrent('before the switch', () => {
  test.for<Story>([
    {
      name: 'a person promotes',
      inherited: paused(),
      comesTo: { ...PAUSED, sizes: BOTH },
      touches: [],
      person: { does: promote, endsAs: { ...PROMOTED, sizes: BOTH } },
      serves: ['web:1', 'web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'a person promotes what comes from a Deployment',
      inherited: fromDeployment(paused()),
      comesTo: { ...PAUSED, sizes: BOTH },
      touches: [],
      person: { does: promote, endsAs: { ...PROMOTED, sizes: BOTH } },
      serves: ['web:1', 'web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'a person has promoted, and nobody has heard it',
      inherited: released({ status: { controllerPause: true } }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:1', 'web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'a person has promoted a small preview, and nobody has heard it',
      inherited: released({
        blueGreen: { autoPromotionEnabled: false, previewReplicaCount: 1 },
        second: { replicas: 1 },
        status: { controllerPause: true },
      }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:1', 'web:2'],
      creates: ['web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'a time is over that ran out while nobody looked',
      inherited: paused({ blueGreen: { autoPromotionSeconds: 600 } }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:1', 'web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'a small preview grows when a person promotes, and not before',
      inherited: paused({
        blueGreen: { autoPromotionEnabled: false, previewReplicaCount: 1 },
        second: { replicas: 1 },
      }),
      comesTo: { ...PAUSED, sizes: 'web:1=2 web:2=1' },
      touches: [],
      person: { does: promote, endsAs: { ...PROMOTED, sizes: BOTH } },
      serves: ['web:1', 'web:2'],
      creates: ['web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'a small preview that has been approved grows, and nobody is asked again',
      inherited: released({
        blueGreen: { autoPromotionEnabled: false, previewReplicaCount: 1 },
        second: { replicas: 1 },
        status: { blueGreen: { activeSelector: FIRST, previewSelector: SECOND, scaleUpPreviewCheckPoint: true } },
      }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:1', 'web:2'],
      creates: ['web:2'],
      tells: ['RolloutCompleted'],
    },
    {
      name: 'the way back within the delay goes on, and nobody is asked',
      inherited: goingBack(),
      comesTo: { phase: 'Healthy', active: 'web:1', preview: 'web:1', stableImage: 'web:1', sizes: BOTH, revision: 3 },
      serves: ['web:2', 'web:1'],
      tells: ['RolloutCompleted'],
    },
    {
      name: 'pods keep what their role lent to them, and follow their role in the switch',
      inherited: pausedWithLoans(),
      comesTo: { ...PAUSED, sizes: BOTH },
      touches: [],
      person: { does: promote, endsAs: { ...PROMOTED, sizes: BOTH } },
      serves: ['web:1', 'web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
      roles: ['web:1 none', 'web:2 active'],
    },
  ])('$name', live);

  test('of a time that runs only the rest is waited for', async (context) => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    // A minute is left, which the others have for laying out what they inherit.
    const startTime = new Date(now - 540_000).toISOString().replace('.000Z', 'Z');
    const session = await cluster.inherit(context, paused({ blueGreen: { autoPromotionSeconds: 600 } }, startTime));
    using recording = await cluster.takeOver(session);
    await session.until('web', PROMOTED);
    expect(Date.now()).toBeGreaterThan(now + 60_000);
    const starts = recording.changes
      .filter(({ plural }) => plural === 'rollouts')
      .flatMap(
        ({ object }) => (object as Awaited<ReturnType<typeof session.get<'rollouts'>>>).status?.pauseConditions ?? [],
      );
    expect(new Set(starts.map((one) => one.startTime)).difference(new Set([startTime]))).toEqual(new Set());
  });
});

describe.concurrent('in the middle of the switch', () => {
  const switched = { activeSelector: SECOND, previewSelector: SECOND };

  test.for<Story>([
    {
      name: 'the active Service has moved after a promotion, and nothing was written down',
      inherited: released({ active: SECOND, status: { controllerPause: true } }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'the active Service has moved after a time, and nothing was written down',
      inherited: paused({ active: SECOND, blueGreen: { autoPromotionSeconds: 600 } }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'the active Service has moved because nobody is asked, and nothing was written down',
      inherited: released({ active: SECOND, blueGreen: {} }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:2'],
      tells: ['RolloutCompleted'],
    },
    {
      name: 'the active Service has moved after a full promotion, and nothing was written down',
      inherited: paused({ active: SECOND, status: { promoteFull: true } }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:2'],
      tells: ['RolloutResumed', 'RolloutCompleted'],
    },
    {
      name: 'a small preview has grown and the active Service has moved, but the revision is not stable',
      inherited: released({
        active: SECOND,
        blueGreen: { autoPromotionEnabled: false, previewReplicaCount: 1 },
        status: { blueGreen: { ...switched, scaleUpPreviewCheckPoint: true } },
      }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:2'],
      tells: ['RolloutCompleted'],
    },
    {
      name: 'a revision served while something was waited for that the spec does not ask for any more',
      inherited: released({ active: SECOND, status: { blueGreen: switched } }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      serves: ['web:2'],
      tells: ['RolloutCompleted'],
    },
  ])('$name', live);
});

describe.concurrent('after an abort', () => {
  const quickly = { autoPromotionEnabled: false, abortScaleDownDelaySeconds: 1 };

  test.for<Story>([
    {
      name: 'the preview keeps its deadline, and a retry asks again with the same pods',
      inherited: aborted(),
      comesTo: { ...DEGRADED, preview: 'web:2', sizes: BOTH },
      touches: [],
      person: { does: retry, endsAs: { ...PAUSED, sizes: BOTH, aborted: false } },
      serves: ['web:1'],
      tells: ['RolloutPaused'],
    },
    {
      name: 'a preview that was due while nobody looked goes',
      inherited: aborted({}, LONG_AGO),
      comesTo: { ...DEGRADED, preview: 'web:2', sizes: 'web:1=2', pods: 2 },
      serves: ['web:1'],
      keeps: ['web:1', 'web:1'],
      tells: [],
    },
    {
      name: 'a preview that has gone comes back with a retry',
      inherited: aborted({ second: { replicas: 0, annotations: { 'scale-down-deadline': LONG_AGO } } }),
      comesTo: { ...DEGRADED, preview: 'web:2', sizes: 'web:1=2' },
      touches: [],
      person: { does: retry, endsAs: { ...PAUSED, sizes: BOTH, aborted: false } },
      serves: ['web:1'],
      creates: ['web:2', 'web:2'],
      tells: ['RolloutPaused'],
    },
    {
      name: 'a person aborts what another controller paused',
      inherited: paused({ blueGreen: quickly }),
      comesTo: { ...PAUSED, sizes: BOTH },
      touches: [],
      person: { does: abort, endsAs: { ...DEGRADED, preview: 'web:2', sizes: 'web:1=2', pods: 2 } },
      serves: ['web:1'],
      keeps: ['web:1', 'web:1'],
      tells: ['RolloutAborted'],
    },
    {
      name: 'a person has aborted, and nobody has heard it',
      inherited: paused({ blueGreen: quickly, status: { abort: true } }),
      comesTo: { ...DEGRADED, preview: 'web:2', sizes: 'web:1=2', pods: 2 },
      serves: ['web:1'],
      keeps: ['web:1', 'web:1'],
      tells: ['RolloutAborted'],
    },
    {
      name: 'a person has retried, and nobody has heard it',
      inherited: aborted({ status: { abort: false } }),
      comesTo: { ...PAUSED, sizes: BOTH, aborted: false },
      serves: ['web:1'],
      tells: ['RolloutPaused'],
    },
    {
      name: 'the active Service that had switched goes back before its pods go',
      inherited: aborted({ active: SECOND, second: {}, blueGreen: quickly }),
      comesTo: { ...DEGRADED, preview: 'web:2', sizes: 'web:1=2', pods: 2 },
      serves: ['web:2', 'web:1'],
      keeps: ['web:1', 'web:1'],
      tells: [],
    },
    {
      name: 'the active Service that had switched goes back although the new pods were due',
      inherited: aborted({ active: SECOND }, LONG_AGO),
      comesTo: { ...DEGRADED, preview: 'web:2', sizes: 'web:1=2', pods: 2 },
      serves: ['web:2', 'web:1'],
      keeps: ['web:1', 'web:1'],
      tells: [],
    },
    {
      name: 'an active Service whose pods were taken away is led to those that are there',
      inherited: aborted({
        active: SECOND,
        second: { replicas: 0, annotations: { 'scale-down-deadline': LONG_AGO } },
      }),
      comesTo: { ...DEGRADED, preview: 'web:2', sizes: 'web:1=2' },
      serves: ['web:2', 'web:1'],
      keeps: ['web:1', 'web:1'],
      wasDown: true,
      tells: [],
    },
  ])('$name', live);
});

describe.concurrent('a Service', () => {
  const promoted = { does: promote, endsAs: { ...PROMOTED, sizes: BOTH } };
  const noPause = {
    comesTo: { ...PAUSED, sizes: BOTH, stableImage: 'web:1' },
    tells: ['RolloutResumed', 'RolloutCompleted'],
  };

  test.for<Story>([
    {
      name: 'that was active and lost selector and annotation is led back, and no gate opens',
      inherited: withService(paused(), { name: 'web', selects: '', isAnnotated: false }),
      ...noPause,
      touches: ['MODIFIED services web'],
      person: promoted,
      serves: ['', 'web:1', 'web:2'],
    },
    {
      name: 'that was active and lost its selector is led back, and no gate opens',
      inherited: withService(paused(), { name: 'web', selects: '' }),
      ...noPause,
      touches: ['MODIFIED services web'],
      person: promoted,
      serves: ['', 'web:1', 'web:2'],
    },
    {
      name: 'that lost its annotation gets it again',
      inherited: withService(paused(), { name: 'web', selects: FIRST, isAnnotated: false }),
      ...noPause,
      touches: ['MODIFIED services web'],
      person: promoted,
      serves: ['web:1', 'web:2'],
    },
    {
      name: 'that was the preview and lost selector and annotation is led back',
      inherited: withService(paused(), { name: 'web-preview', selects: '', isAnnotated: false }),
      ...noPause,
      touches: ['MODIFIED services web-preview'],
      person: promoted,
      serves: ['web:1', 'web:2'],
    },
    {
      name: 'of a settled Rollout that lost its selector is led back to the stable revision',
      inherited: withService(settled(), { name: 'web', selects: '', isAnnotated: false }),
      comesTo: { ...PROMOTED, sizes: BOTH },
      touches: ['MODIFIED services web'],
      serves: ['', 'web:2'],
      tells: [],
    },
  ])('$name', live);
});
