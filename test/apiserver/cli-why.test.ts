/** A person and a script ask why a Rollout is where it is, and a manifest is read before it is applied. */
import { expect, inject } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { recordedTerminal } from '../cli/recorded-terminal.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { cli } from './cli.ts';
import { routedRollout, routing, service } from './manifests.ts';
import { test } from './session.ts';

const HASH = 'rollouts-pod-template-hash';
const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };

test('why, from the first deployment to the abort, with an exit code for each state', async ({ session }) => {
  expect(await cli(session, ['why', 'web'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('"web" not found') as string,
  });
  await session.apply(...routing(), routedRollout({ replicas: 2, canary }));
  await session.until('web', { phase: 'Healthy' });
  const healthy = await cli(session, ['why', 'web']);
  expect(healthy).toMatchObject({ code: 0, err: '' });
  expect(healthy.out).toMatch(/^rollout 'web' is healthy: revision 1 is stable and has all 2 pods\nSince: +\d+s \(/);

  await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary }));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
  const paused = await cli(session, ['why', 'web']);
  expect(paused).toMatchObject({ code: 4, err: '' });
  expect(paused.out).toMatch(/^rollout 'web' waits for a person: paused at step 2 since \S+, promote to go on$/m);
  expect(paused.out).toContain(`Command:         kubectl argo rollouts promote web -n ${session.namespace}\n`);
  expect(paused.out).not.toContain('Also written by');

  await cli(session, ['abort', 'web']);
  await session.until('web', { phase: 'Degraded', weight: 0 });
  const aborted = await cli(session, ['why', 'web', '-o', 'json']);
  expect(aborted.code).toBe(6);
  expect(JSON.parse(aborted.out)).toMatchObject({
    state: 'degraded',
    reason: 'RolloutAborted',
    commands: [
      `kubectl argo rollouts retry rollout web -n ${session.namespace}`,
      expect.stringContaining(' undo web '),
    ],
  });
});

test('why --watch says it again when it changes', async ({ session }) => {
  await session.apply(...routing(), routedRollout({ replicas: 1, canary }));
  await session.until('web', { phase: 'Healthy' });
  const terminal = recordedTerminal();
  const { kubeconfig } = inject('sharedCluster');
  const ended = run(['why', 'web', '--watch', '-n', session.namespace, `--kubeconfig=${kubeconfig}`], terminal);
  const says = (text: string) => waitFor(() => terminal.out().includes(text), { what: text });
  await says("rollout 'web' is healthy");
  await session.apply(routedRollout({ replicas: 1, image: 'web:2', canary }));
  await says("rollout 'web' waits for a person: paused at step 2");
  terminal.interrupt();
  expect(await ended).toBe(4);
});

test('who takes a selector of ours back again and again', async ({ session }) => {
  await session.apply(...routing(), routedRollout({ replicas: 1, canary }));
  await session.until('web', { phase: 'Healthy' });
  const bare = JSON.stringify(service('web', 'web'));
  const forced = ['apply', '--server-side', '--field-manager=argocd-controller', '--force-conflicts', '-f', '-'];
  for (const _ of [1, 2]) {
    expect(await session.tryKubectl(forced, bare)).toMatchObject({ code: 0 });
    const selector = async () => (await session.get('services', 'web')).spec.selector;
    await waitFor(async () => (await selector())?.[HASH] !== undefined, { what: 'the hash in the selector' });
  }
  // An Event is written after what it tells of.
  const told =
    /^Also written by: argocd-controller \(spec\.selector of Service web, \d+s ago; Serin had to write it again \d+ times\)$/m;
  const why = async () => (await cli(session, ['why', 'web'])).out;
  await waitFor(why, { what: 'the other writer', until: (out) => told.test(out) });
});
