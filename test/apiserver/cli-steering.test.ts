/** Every command that steers, through the lives of Rollouts and Experiments. */
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { cli } from './cli.ts';
import { basicRollout } from './manifests.ts';
import { test, type Session } from './session.ts';

const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };

/** What a command prints that succeeds. */
async function say(session: Session, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await cli(session, args);
  expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
  return out.trimEnd();
}

describe('a Rollout', () => {
  test('is updated, given up, tried again, paused, undone and restarted', async ({ session }) => {
    await session.apply(basicRollout({ replicas: 2, canary }));
    await session.until('web', { phase: 'Healthy' });
    expect(await say(session, 'set', 'image', 'web', '*=web:2')).toBe('rollout "web" image updated');
    await session.until('web', { phase: 'Paused', index: 1 });
    expect(await say(session, 'status', 'web', '--watch=false')).toBe('Paused - CanaryPauseStep');

    expect(await say(session, 'abort', 'web')).toBe("rollout 'web' aborted");
    await session.until('web', { phase: 'Degraded', stable: 2, canary: 0 });
    expect(await cli(session, ['status', 'web'])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^Degraded - RolloutAborted: /) as string,
      err: expect.stringMatching(/^Error: The rollout is in a degraded state with message: RolloutAborted: /) as string,
    });
    expect(await say(session, 'retry', 'ro', 'web')).toBe("rollout 'web' retried");
    await session.until('web', { phase: 'Paused', index: 1 });

    expect(await say(session, 'undo', 'web')).toBe("rollout 'web' undo");
    await session.until('web', { phase: 'Healthy', canaryImage: 'web:1', revision: 3 });
    expect(await say(session, 'undo', 'web', '--to-revision=3')).toBe(
      'skipped rollback (current template already matches revision 3)',
    );
    expect(await cli(session, ['undo', 'web', '--to-revision=9'])).toMatchObject({
      code: 1,
      err: 'Error: unable to find specified revision 9 in history\n',
    });

    const before = (await session.list('pods')).map(({ metadata }) => metadata.uid);
    // Times have whole seconds: a pod of the same second counts as started after the restart was asked for.
    await waitFor(() => session.list('pods'), {
      what: 'the pods to be older than a second',
      until: (pods) => pods.every(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') + 1_000 <= Date.now()),
    });
    expect(await say(session, 'restart', 'web')).toBe("rollout 'web' restarts in 0s");
    await waitFor(async () => (await session.get('rollouts', 'web')).status?.restartedAt, {
      what: 'all pods to be replaced',
      until: (restartedAt) => restartedAt !== undefined,
    });
    const after = (await session.list('pods')).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(after.filter(({ metadata }) => before.includes(metadata.uid))).toEqual([]);

    expect(await say(session, 'pause', 'web')).toBe("rollout 'web' paused");
    await session.until('web', { phase: 'Paused', message: 'manually paused' });
    expect(await say(session, 'promote', 'web')).toBe("rollout 'web' promoted");
    await session.until('web', { phase: 'Healthy' });
  });

  test('is waited for and watched until a person has seen enough', async ({ session }) => {
    await session.apply(basicRollout({ replicas: 2, canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ replicas: 2, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1 });
    const enough = new AbortController();
    const watched = cli(session, ['get', 'rollout', 'web', '--watch'], { interrupted: enough.signal });
    const listed = cli(session, ['list', 'rollouts', '-w'], { interrupted: enough.signal });
    const late = await cli(session, ['status', 'web', '--timeout', '1s']);
    expect(late).toMatchObject({ code: 1, err: 'Error: Rollout status watch exceeded timeout\n' });

    const ended = cli(session, ['status', 'web', '-t=5m']);
    await say(session, 'promote', 'web');
    const { code, out } = await ended;
    expect({ code, last: out.trimEnd().split('\n').at(-1) }).toEqual({ code: 0, last: 'Healthy' });
    await session.settled();
    enough.abort();
    const pictures = (await watched).out.split(/^(?=Name:)/m);
    expect(pictures[0]).toMatch(/^Status: +॥ Paused$/m);
    expect(pictures.at(-1)).toMatch(/^Status: +✔ Healthy$/m);
    expect(pictures.at(-1)).toMatch(/^Images: +web:2 \(stable\)$/m);
    const rows = (await listed).out.trimEnd().split('\n');
    expect(rows[1]).toMatch(/^web +Canary +Paused +1\/2 +50 /);
    expect(rows.at(-1)).toMatch(/^web +Canary +Healthy +2\/2 +100 +2\/2 +2 +2 +2$/);
  });

  test('takes its template from a Deployment, which is changed instead of it', async ({ session }) => {
    const { template, selector, ...spec } = basicRollout({ canary }).spec;
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'old' } };
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old' };
    await session.apply(
      { ...deployment, spec: { replicas: 0, template, selector } },
      { ...basicRollout(), spec: { ...spec, workloadRef } },
    );
    await session.until('web', { phase: 'Healthy' });
    expect(await say(session, 'set', 'image', 'web', 'web=web:2')).toBe('deployment "old" image updated');
    await waitFor(() => cli(session, ['get', 'rollout', 'web']), {
      what: 'both images to be shown',
      until: ({ out }) => /^Images: +web:1 \(stable\)\n +web:2 \(canary\)$/m.test(out),
    });
    expect(await say(session, 'undo', 'web')).toBe("rollout 'web' undo");
    const { spec: old } = await session.get('deployments', 'old');
    expect(old.template.spec?.['containers']).toMatchObject([{ image: 'web:1' }]);
  });

  test('is not for people without the right, who are told so', async ({ session }) => {
    await session.apply(basicRollout({ canary }));
    const { code, err } = await cli(session, ['abort', 'web', '--as=nobody', '--as-group=guests']);
    expect(code).toBe(1);
    expect(err).toMatch(/^Error: Cannot patch rollouts\/status .*: .*User "nobody" cannot patch/);
    const unknown = await cli(session, ['set', 'image', 'web', 'sidecar=web:2']);
    expect(unknown).toMatchObject({ code: 1, err: 'Error: unable to find container named "sidecar"\n' });
  });
});

describe('an Experiment and a run', () => {
  const template = {
    name: 'trial',
    selector: { matchLabels: { app: 'trial' } },
    template: { metadata: { labels: { app: 'trial' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
  };
  const experiment = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'probe' },
    spec: { templates: [template] },
  };

  test('an Experiment is created, shown, ended and run again', async ({ session }) => {
    const readStdin = () => Promise.resolve(JSON.stringify(experiment));
    const created = await cli(session, ['create', '-f', '-'], { readStdin });
    expect(created).toEqual({ code: 0, out: 'experiment.argoproj.io/probe created\n', err: '' });
    const running = await waitFor(() => cli(session, ['get', 'exp', 'probe']), {
      what: 'the pod of the Experiment to run',
      until: ({ out }) => /^Status: +◌ Running$/m.test(out) && out.includes('✔ Running'),
    });
    expect(running.out).toMatch(/^Images: +web:1 \(Σ:trial\)$/m);
    expect(running.out).toMatch(/^└──⧉ probe-trial\S* +ReplicaSet +✔ Healthy +\w+$/m);
    expect(await say(session, 'list', 'experiments')).toMatch(
      /^NAME +STATUS +DURATION +REMAINING +AGE\nprobe +Running +- +- +\w+$/,
    );
    expect(await say(session, 'terminate', 'experiment', 'probe')).toBe("experiment 'probe' terminated");
    await waitFor(() => cli(session, ['list', 'exp']), {
      what: 'the Experiment to end',
      until: ({ out }) => out.includes('Successful'),
    });
    const misspelt = { ...experiment, metadata: { name: 'other' }, spec: { ...experiment.spec, duraton: '1m' } };
    const refused = await cli(session, ['create', '-f', '-'], {
      readStdin: () => Promise.resolve(JSON.stringify(misspelt)),
    });
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('unknown field') as string });
  });

  test('a run is made from a template and the template that it refers to', async ({ session }) => {
    const metric = (name: string) => ({
      name,
      interval: '1h',
      count: 2,
      provider: { job: { spec: { template: { spec: { containers: [{ name: 'm', image: 'probe' }] } } } } },
    });
    const kind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate' };
    await session.apply({ ...kind, metadata: { name: 'base' }, spec: { metrics: [metric('one')] } });
    const whole = {
      ...kind,
      metadata: { name: 'whole' },
      spec: { args: [{ name: 'host' }], metrics: [metric('two')], templates: [{ templateName: 'base' }] },
    };
    const readStdin = () => Promise.resolve(JSON.stringify(whole));
    const from = ['create', 'analysisrun', '--from-file=-', '--name=once'];
    expect(await cli(session, from, { readStdin })).toMatchObject({
      code: 1,
      err: 'Error: args.host was not resolved\n',
    });
    expect((await cli(session, [...from, '-a', 'host=a=b'], { readStdin })).out).toBe(
      'analysisrun.argoproj.io/once created\n',
    );
    const { spec } = await session.get('analysisruns', 'once');
    expect(spec.metrics.map(({ name }) => name)).toEqual(['two', 'one']);
    expect(spec.args).toEqual([{ name: 'host', value: 'a=b' }]);
    expect(await say(session, 'terminate', 'ar', 'once')).toBe("analysisRun 'once' terminated");
    expect((await session.get('analysisruns', 'once')).spec.terminate).toBe(true);
  });
});
