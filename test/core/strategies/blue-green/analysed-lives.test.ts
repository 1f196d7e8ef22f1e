/** Whole updates with analyses, from the new template to the end (spec A.13 c, H.1.4, H.1.5, H.2). */
import { describe, expect, test } from 'vitest';
import { blueGreen } from '../../build-world.ts';
import { POST, PRE, promoted, promotedFirst, updated } from './analysed-update.ts';
import { available, commanded, happens, later, looked, measured, settled, shown, type Life } from './life.ts';

/** The revisions that have a time at which their pods are removed. */
function deadlinesIn({ world }: Life): readonly string[] {
  const waiting = world.revisions.filter(({ annotations = {} }) => 'scale-down-deadline' in annotations);
  return waiting.map(({ version }) => version);
}

test('the first revision is not analysed', () => {
  const first = shown(updated({ ...PRE, ...POST }));
  expect(first.stable).toBe('v1');
  expect(first.runs).toEqual(['2-pre']);
});

test('before and after, and a person promotes', () => {
  const begun = updated({ ...PRE, ...POST, autoPromotionEnabled: false }, 1);
  expect(shown(begun)).toEqual({
    phase: 'Progressing: active service cutover pending',
    stable: 'v1',
    active: 'v1',
    preview: 'v2',
    sizes: { v1: 1, v2: 1 },
    counts: '1,2,1,1,1',
    runs: ['2-pre'],
  });
  const running = settled(measured(begun, 'Running'));
  expect(shown(running).phase).toBe('Progressing: active service cutover pending');

  const paused = settled(measured(running, 'Successful'));
  expect(shown(paused)).toMatchObject({
    phase: 'Paused: BlueGreenPause',
    active: 'v1',
    preview: 'v2',
    runs: ['2-pre Successful'],
  });

  const active = promoted(paused);
  expect(shown(active)).toMatchObject({
    phase: 'Progressing: waiting for analysis to complete',
    stable: 'v1',
    active: 'v2',
    counts: '1,2,1,1,1',
    runs: ['2-pre Successful', '2-post'],
  });
  expect(active.world.status?.controllerPause).toBeUndefined();

  const stable = settled(measured(active, 'Successful'));
  expect(shown(stable)).toMatchObject({ phase: 'Healthy: ', stable: 'v2', active: 'v2', sizes: { v1: 1, v2: 1 } });
  // The mirrors stay, and so do the runs.
  expect(stable.world.status?.blueGreen).toMatchObject({
    prePromotionAnalysisRunStatus: { status: 'Successful' },
    postPromotionAnalysisRunStatus: { status: 'Successful' },
  });
  expect(shown(settled(later(stable, 31)))).toMatchObject({
    sizes: { v1: 0, v2: 1 },
    runs: ['2-pre Successful', '2-post Successful'],
  });
});

test('the first one fails, and a retry measures again', () => {
  const strategy = { ...PRE, abortScaleDownDelaySeconds: 0, previewReplicaCount: 1 };
  const failed = settled(measured(updated(strategy), 'Failed', 'metric "errors" assessed Failed'));
  const text =
    'Rollout aborted update to revision 2: Blue/green pre-promotion analysis phase error/failed: metric "errors" assessed Failed';
  expect(shown(failed)).toMatchObject({
    phase: `Degraded: RolloutAborted: ${text}`,
    stable: 'v1',
    active: 'v1',
    preview: 'v2',
    sizes: { v1: 2, v2: 1 },
    runs: ['2-pre Failed'],
  });
  expect(failed.told.filter((message) => message === text)).toHaveLength(1);
  // It is over: nothing follows from the same run again.
  expect(shown(settled(later(failed, 3600)))).toEqual(shown(failed));

  const retried = settled(commanded(failed, { abort: false }));
  expect(shown(retried)).toMatchObject({ active: 'v1', runs: ['2-pre Failed', '2-pre.1'] });
  expect(shown(settled(measured(retried, 'Successful')))).toMatchObject({
    phase: 'Healthy: ',
    stable: 'v2',
    active: 'v2',
    preview: 'v2',
    sizes: { v1: 2, v2: 2 },
  });
});

test('a retry waits for the pods of the preview before it measures', () => {
  const failed = settled(later(settled(measured(updated(PRE), 'Failed')), 31));
  expect(shown(failed).sizes).toEqual({ v1: 2, v2: 0 });
  const retried = settled(available(commanded(failed, { abort: false }), 'v2', 0));
  expect(shown(retried)).toMatchObject({ sizes: { v1: 2, v2: 2 }, runs: ['2-pre Failed'] });
  // The failed run is forgotten although the new one has to wait (spec G-9).
  const resized = settled(happens(retried, { replicas: 3 }));
  expect(shown(resized)).toMatchObject({ sizes: { v1: 3, v2: 3 }, runs: ['2-pre Failed'] });
  expect(shown(settled(available(resized, 'v2', undefined))).runs).toEqual(['2-pre Failed', '2-pre.1']);
});

test('the second one fails, and a retry measures again', () => {
  const paused = updated({ ...POST, autoPromotionEnabled: false });
  expect(shown(paused)).toMatchObject({ phase: 'Paused: BlueGreenPause', stable: 'v1', active: 'v1', preview: 'v2' });
  const active = settled(measured(promoted(paused), 'Running'));
  expect(shown(active)).toMatchObject({ stable: 'v1', active: 'v2', preview: 'v2', runs: ['2-post Running'] });

  const failed = settled(measured(active, 'Failed'));
  expect(shown(failed)).toMatchObject({
    phase:
      'Degraded: RolloutAborted: Rollout aborted update to revision 2: Blue/green post-promotion analysis phase error/failed',
    stable: 'v1',
    active: 'v1',
    preview: 'v2',
    sizes: { v1: 2, v2: 2 },
    runs: ['2-post Failed'],
  });
  expect(shown(settled(later(failed, 31))).sizes).toEqual({ v1: 2, v2: 0 });

  const retried = promoted(settled(commanded(failed, { abort: false })));
  expect(shown(retried)).toMatchObject({ active: 'v2', stable: 'v1', runs: ['2-post Failed', '2-post.1'] });
  expect(shown(settled(measured(retried, 'Successful')))).toMatchObject({ phase: 'Healthy: ', stable: 'v2' });
});

test('a failure after the switch, look by look', () => {
  const stateOf = (life: Life) => {
    const { active, stable, preview, sizes, runs, phase } = shown(life);
    const waiting = deadlinesIn(life).map((version) => `, ${version} waits`);
    const pods = Object.entries(sizes).map(([version, size]) => `${version} ${size}`);
    return `active ${active}, preview ${preview}, stable ${stable}; ${pods.join(', ')}${waiting.join('')}; ${runs.join(', ') || 'no run'}; ${phase}`;
  };
  const lookByLook = (life: Life): readonly [Life, readonly string[]] => {
    let [now, next] = [life, looked(life)];
    const states: string[] = [];
    while (next !== now) {
      states.push(stateOf(next));
      now = later(next, 1);
      next = looked(now);
    }
    return [now, states.filter((state, index) => state !== states[index - 1])];
  };
  const before = promotedFirst(POST, 2);
  const [measuring, switching] = lookByLook(happens(before, { version: 'v2' }));
  expect(switching).toEqual([
    'active v1, preview v1, stable v1; v1 2, v2 0; no run; Progressing: more replicas need to be updated',
    'active v1, preview v2, stable v1; v1 2, v2 0; no run; Progressing: more replicas need to be updated',
    'active v1, preview v2, stable v1; v1 2, v2 2; no run; Progressing: more replicas need to be updated',
    'active v2, preview v2, stable v1; v1 2, v2 2; no run; Progressing: waiting for analysis to complete',
    'active v2, preview v2, stable v1; v1 2, v2 2; 2-post; Progressing: waiting for analysis to complete',
  ]);
  const why =
    'Degraded: RolloutAborted: Rollout aborted update to revision 2: Blue/green post-promotion analysis phase error/failed';
  const [failed, aborting] = lookByLook(measured(measuring, 'Failed'));
  expect(aborting).toEqual([
    `active v1, preview v2, stable v1; v1 2, v2 2; 2-post Failed; ${why}`,
    `active v1, preview v2, stable v1; v1 2, v2 2, v2 waits; 2-post Failed; ${why}`,
  ]);
  expect(stateOf(settled(later(failed, 31)))).toBe(
    `active v1, preview v2, stable v1; v1 2, v2 0; 2-post Failed; ${why}`,
  );
});

test('the Service is back at the stable revision before the new one loses a pod', () => {
  const active = settled(measured(updated({ ...POST, abortScaleDownDelaySeconds: 1 }), 'Running'));
  // Its pods crash, so that it is not complete (spec G-4).
  let life = available(measured(active, 'Error'), 'v2', 1);
  const seen = [];
  for (let look = 0; look < 6; look += 1) {
    life = later(looked(life), 1);
    const { active: service, sizes } = shown(life);
    seen.push(`${service} ${sizes['v2']}`);
  }
  expect(seen[0]).toBe('v1 2');
  expect(seen.at(-1)).toBe('v1 0');
  expect(seen.every((one) => one.startsWith('v1'))).toBe(true);
});

test('everything together', () => {
  const strategy = {
    ...PRE,
    ...POST,
    previewReplicaCount: 1,
    autoPromotionSeconds: 10,
    scaleDownDelaySeconds: 5,
  };
  const paused = settled(measured(updated(strategy), 'Successful'));
  expect(shown(paused)).toEqual({
    phase: 'Paused: BlueGreenPause',
    stable: 'v1',
    active: 'v1',
    preview: 'v2',
    sizes: { v1: 2, v2: 1 },
    counts: '2,3,1,2,2',
    runs: ['2-pre Successful'],
  });
  expect(shown(settled(later(paused, 4)))).toEqual(shown(paused));

  const active = settled(measured(settled(later(paused, 11)), 'Running'));
  expect(shown(active)).toMatchObject({
    phase: 'Progressing: waiting for analysis to complete',
    stable: 'v1',
    active: 'v2',
    sizes: { v1: 2, v2: 2 },
    counts: '2,4,2,2,2',
    runs: ['2-pre Successful', '2-post Running'],
  });
  // The delay of a former revision begins when the new one is stable.
  const long = settled(later(active, 3600));
  expect(shown(long)).toEqual(shown(active));

  const failed = settled(measured(long, 'Failed'));
  expect(shown(failed)).toMatchObject({
    phase: expect.stringMatching(/^Degraded: RolloutAborted/),
    stable: 'v1',
    active: 'v1',
    preview: 'v2',
    sizes: { v1: 2, v2: 2 },
    counts: '2,4,2,2,2',
  });
});

test('an aborted update is followed by another one, which passes', () => {
  const failed = settled(measured(updated(POST, 1), 'Failed'));
  const strategy = { ...POST, autoPromotionEnabled: false };
  const paused = settled(happens(failed, { version: 'v3', blueGreen: blueGreen(strategy) }));
  expect(shown(paused)).toMatchObject({
    phase: 'Paused: BlueGreenPause',
    stable: 'v1',
    active: 'v1',
    preview: 'v3',
    sizes: { v1: 1, v2: 1, v3: 1 },
  });
  expect(paused.world.status?.blueGreen).not.toHaveProperty('postPromotionAnalysisRunStatus');
  expect(deadlinesIn(paused)).toEqual(['v2']);

  const healthy = settled(measured(promoted(paused), 'Successful'));
  expect(shown(healthy)).toMatchObject({
    phase: 'Healthy: ',
    active: 'v3',
    preview: 'v3',
    runs: ['2-post Failed', '3-post Successful'],
  });
  expect(healthy.world.revisions[0]).toMatchObject({ version: 'v1', size: 1 });
  expect(deadlinesIn(healthy)).toEqual(['v1', 'v2']);
});

test('a fast rollback is not analysed', () => {
  const healthy = settled(measured(settled(measured(updated({ ...PRE, ...POST }), 'Successful')), 'Successful'));
  expect(shown(healthy)).toMatchObject({ phase: 'Healthy: ', stable: 'v2' });
  const back = settled(happens(healthy, { version: 'v1' }));
  expect(shown(back)).toMatchObject({
    phase: 'Healthy: ',
    stable: 'v1',
    active: 'v1',
    preview: 'v1',
    runs: ['2-pre Successful', '2-post Successful'],
  });
});

describe('a run that shows nothing', () => {
  test('pauses before the switch, and a resume measures again and approves nothing', () => {
    const paused = settled(measured(updated({ ...PRE, autoPromotionEnabled: false }), 'Inconclusive'));
    expect(shown(paused)).toMatchObject({ phase: 'Paused: InconclusiveAnalysisRun', active: 'v1' });
    expect(shown(settled(later(paused, 3600)))).toEqual(shown(paused));

    const again = promoted(paused);
    expect(shown(again)).toMatchObject({
      phase: 'Progressing: active service cutover pending',
      runs: ['2-pre Inconclusive', '2-pre.1'],
    });
    const asked = settled(measured(again, 'Successful'));
    expect(shown(asked)).toMatchObject({ phase: 'Paused: BlueGreenPause', active: 'v1' });
    expect(shown(promoted(asked))).toMatchObject({ phase: 'Healthy: ', active: 'v2' });
  });

  test('pauses after the switch, and the Service stays', () => {
    const active = updated(POST);
    const paused = settled(measured(active, 'Inconclusive'));
    expect(shown(paused)).toMatchObject({ phase: 'Paused: InconclusiveAnalysisRun', active: 'v2', stable: 'v1' });
    const again = promoted(paused);
    expect(shown(again)).toMatchObject({ active: 'v2', stable: 'v1', runs: ['2-post Inconclusive', '2-post.1'] });
    expect(again.world.status?.controllerPause).toBeUndefined();
    expect(shown(settled(measured(again, 'Inconclusive'))).phase).toBe('Paused: InconclusiveAnalysisRun');
  });

  test.each([
    { where: 'before', strategy: PRE },
    { where: 'after', strategy: POST },
  ])('$where the switch is left by a full promotion', ({ strategy }) => {
    const paused = settled(measured(updated(strategy), 'Inconclusive'));
    expect(shown(settled(commanded(paused, { promoteFull: true })))).toMatchObject({
      phase: 'Healthy: ',
      active: 'v2',
    });
  });

  test('is left by an abort at once', () => {
    const paused = settled(measured(updated(POST), 'Inconclusive'));
    expect(shown(looked(commanded(paused, { abort: true })))).toMatchObject({ active: 'v1', stable: 'v1' });
  });
});

describe('runs that are not needed any more end', () => {
  const terminated = ({ world }: Life) =>
    (world.runs ?? []).filter(({ spec }) => spec.terminate === true).map(({ metadata }) => metadata.name.slice(-5));
  test.each([
    { name: 'with an abort', strategy: PRE, status: { abort: true }, ends: ['2-pre'] },
    { name: 'with an abort after the switch', strategy: POST, status: { abort: true }, ends: ['-post'] },
    { name: 'with a full promotion', strategy: PRE, status: { promoteFull: true }, ends: ['2-pre'] },
    { name: 'with a full promotion after the switch', strategy: POST, status: { promoteFull: true }, ends: ['-post'] },
  ])('$name, and the status still names them', ({ strategy, status, ends }) => {
    const running = settled(measured(updated(strategy), 'Running'));
    const ended = settled(commanded(running, status));
    expect(terminated(ended)).toEqual(ends);
    // It has measured nothing bad until then, and that promotes nothing.
    const verdict = settled(measured(ended, 'Successful'));
    const field = strategy === PRE ? 'prePromotionAnalysisRunStatus' : 'postPromotionAnalysisRunStatus';
    expect(verdict.world.status?.blueGreen?.[field]).toMatchObject({ status: 'Successful' });
    expect(shown(verdict).stable).toBe('abort' in status ? 'v1' : 'v2');
  });

  test('with a new template, which forgets them', () => {
    const running = settled(measured(updated(PRE), 'Running'));
    const next = settled(happens(running, { version: 'v3' }));
    expect(terminated(next)).toEqual(['2-pre']);
    expect(shown(next)).toMatchObject({ active: 'v1', preview: 'v3', runs: ['2-pre Running', '3-pre'] });
  });

  test('with an analysis that is removed from the spec, and do not count when it is back', () => {
    const running = settled(measured(updated({ ...PRE, autoPromotionEnabled: false }), 'Running'));
    const without = settled(happens(running, { blueGreen: blueGreen({ autoPromotionEnabled: false }) }));
    expect(terminated(without)).toEqual(['2-pre']);
    expect(shown(without).phase).toBe('Paused: BlueGreenPause');
    const ended = measured(without, 'Successful');
    const back = promoted(happens(ended, { blueGreen: blueGreen({ ...PRE, autoPromotionEnabled: false }) }));
    expect(shown(back)).toMatchObject({ active: 'v1', runs: ['2-pre Successful', '2-pre.1'] });
  });
});
