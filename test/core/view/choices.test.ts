/** What a person can do with a rollout in each state, and which rights that takes. */
import { expect, test } from 'vitest';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { choicesOf, type Choice } from '../../../src/core/view/choices.ts';
import { viewRollout, type RolloutView } from '../../../src/core/view/view.ts';
import { bareWorld } from '../../../src/core/view/bare-world.ts';
import { rollout } from '../../api/sample-rollout.ts';

const NOW = Date.UTC(2026, 0, 1);

function choices(one: Rollout, changes: Partial<RolloutView> = {}): readonly Choice[] {
  return choicesOf(one, { ...viewRollout(bareWorld(one, NOW)), ...changes });
}

function possible(all: readonly Choice[]): readonly string[] {
  return all.filter(({ why }) => why === '').map(({ command }) => command);
}

function rightsOf(all: readonly Choice[], command: Choice['command']): readonly string[] {
  const rights = all.find((one) => one.command === command)?.rights ?? [];
  return rights.map(({ resource, subresource = '', name = '' }) => `${resource.plural}/${subresource} ${name}`);
}

test('a healthy rollout can be paused, restarted and changed', () => {
  expect(possible(choices(rollout(), { commands: [] }))).toEqual(['pause', 'restart', 'setImages']);
});

test('one that is paused by its spec needs the right on the spec to be promoted', () => {
  const all = choices(rollout({ paused: true }), { commands: ['promote'] });
  expect(possible(all)).toEqual(['promote', 'resume', 'restart', 'setImages']);
  expect(rightsOf(all, 'promote')).toEqual(['rollouts/status web', 'rollouts/ web']);
  expect(rightsOf(choices(rollout()), 'promote')).toEqual(['rollouts/status web']);
});

test('images of a workload need the right on the workload', () => {
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old' };
  const all = choices(rollout({ workloadRef }));
  expect(rightsOf(all, 'setImages')).toEqual(['deployments/ old']);
  const unknown = choices(rollout({ workloadRef: { ...workloadRef, kind: 'StatefulSet' } }));
  expect(unknown.find(({ command }) => command === 'setImages')?.why).toMatch(/names no object/);
});

test('an analysis that runs can be ended, and an earlier revision gone back to', () => {
  const tree = { revision: 2, replicaSets: [{}], experiments: [], analysisRuns: [{ phase: 'Running' }] };
  const revisions = [tree, { ...tree, revision: 1, analysisRuns: [] }] as unknown as RolloutView['revisions'];
  expect(possible(choices(rollout(), { revisions, commands: ['abort'] }))).toEqual([
    'abort',
    'pause',
    'restart',
    'setImages',
    'undo',
    'terminate',
  ]);
});

test('every choice names the command that does the same', () => {
  const typed = Object.fromEntries(choices(rollout()).map(({ command, kubectl }) => [command, kubectl]));
  expect(typed).toMatchObject({
    promoteFull: 'kubectl argo rollouts -n shop promote web --full',
    resume: `kubectl -n shop patch rollout web --type=merge -p '{"spec":{"paused":false}}'`,
    undo: 'kubectl argo rollouts -n shop undo web --to-revision=REVISION',
  });
});
