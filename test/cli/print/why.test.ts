/** An explanation in lines, and for programs. */
import { expect, test } from 'vitest';
import { painted } from '../../../src/cli/print/text.ts';
import { whyJson, whyLines } from '../../../src/cli/print/why.ts';
import type { Explanation } from '../../../src/core/view/explanation.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const PROGRAM = 'kubectl argo rollouts';
const PAUSED: Explanation = {
  state: 'waitsForPerson',
  reason: 'PausedAtStep',
  cause: 'paused at step 2 since 2026-01-02T02:59:05Z, promote to go on',
  since: NOW - 300_000,
  until: null,
  end: 'a person promotes or aborts the update',
  remedies: ['promote', 'abort'],
  writers: [
    { object: 'Service web', field: 'spec.selector', manager: 'argocd-controller', at: NOW - 30_000, repeated: 0 },
  ],
};

function text(explanation: Explanation): readonly string[] {
  const view = { namespace: 'shop', name: 'web', explanation };
  return whyLines(view, NOW, PROGRAM).map((line) => painted(line, 'none'));
}

test('a wait for a person', () => {
  expect(text(PAUSED)).toEqual([
    "rollout 'web' waits for a person: paused at step 2 since 2026-01-02T02:59:05Z, promote to go on",
    'Since:           5m (2026-01-02T02:59:05Z)',
    'Ends:            when a person promotes or aborts the update',
    'Command:         kubectl argo rollouts promote web -n shop',
    '                 kubectl argo rollouts abort web -n shop',
    'Also written by: argocd-controller (spec.selector of Service web, 30s ago)',
  ]);
});

test('a wait that time ends', () => {
  const timed = {
    ...PAUSED,
    state: 'progressing',
    until: NOW + 20_000,
    end: 'the pause is over',
    writers: [],
  } as const;
  expect(text(timed).slice(0, 3)).toEqual([
    expect.stringMatching(/^rollout 'web' goes on by itself: /),
    'Since:           5m (2026-01-02T02:59:05Z)',
    'Ends:            in 20s (2026-01-02T03:04:25Z), when the pause is over',
  ]);
});

test('nothing to wait for, and every other state and command', () => {
  const bare = { ...PAUSED, cause: 'so it is', since: null, end: '', remedies: [], writers: [] };
  expect(text({ ...bare, state: 'healthy' })).toEqual(["rollout 'web' is healthy: so it is"]);
  expect(text({ ...bare, state: 'blocked' })).toEqual(["rollout 'web' is blocked: so it is"]);
  expect(text({ ...bare, state: 'degraded', remedies: ['retry', 'undo', 'edit', 'promoteFull'] })).toEqual([
    "rollout 'web' is degraded: so it is",
    'Command:         kubectl argo rollouts retry rollout web -n shop',
    '                 kubectl argo rollouts undo web -n shop',
    '                 kubectl edit rollout web -n shop',
    '                 kubectl argo rollouts promote web -n shop --full',
  ]);
});

test.each([
  [1, '; Serin had to write it again once'],
  [4, '; Serin had to write it again 4 times'],
])('another writer that was overruled %i times', (repeated, said) => {
  const writers = PAUSED.writers.map((one) => ({ ...one, at: null, repeated }));
  expect(text({ ...PAUSED, writers }).at(-1)).toBe(
    `Also written by: argocd-controller (spec.selector of Service web${said})`,
  );
});

test('for programs', () => {
  expect(whyJson({ namespace: 'shop', name: 'web', explanation: PAUSED }, PROGRAM)).toEqual({
    namespace: 'shop',
    name: 'web',
    ...PAUSED,
    commands: ['kubectl argo rollouts promote web -n shop', 'kubectl argo rollouts abort web -n shop'],
  });
});
