/** `history`, and what `undo` and `set image` would change. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWorld, replicaSetNameOf, type WorldOptions } from '../core/build-world.ts';
import { fakeCluster, type FakeCluster } from './fake-cluster.ts';

const ROLLOUTS = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts';
const REPLICA_SETS = '/apis/apps/v1/namespaces/shop/replicasets';

const TWO: WorldOptions = {
  stable: 'v1',
  revisions: [
    { version: 'v1', size: 2 },
    { version: 'v2', size: 1, annotations: { 'kubernetes.io/change-cause': 'a\nticket' } },
  ],
};

let cluster: FakeCluster;

beforeEach(async () => {
  cluster = await fakeCluster();
});

afterEach(() => cluster.stop());

function put(options: WorldOptions): void {
  const { rollout, replicaSets } = buildWorld(options);
  cluster.server.put(`${ROLLOUTS}/web`, { ...rollout });
  for (const one of replicaSets) cluster.server.put(`${REPLICA_SETS}/${one.metadata.name}`, { ...one });
}

async function answer(...args: readonly string[]) {
  const { terminal, code } = cluster.start(args);
  return { code: await code, out: terminal.out(), err: terminal.err() };
}

describe('history', () => {
  test('a row for each revision', async () => {
    put(TWO);
    const { code, out, err } = await answer('history', 'web');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const rows = out.split('\n').map((row) => row.split(/ {2,}/));
    expect(rows[0]).toEqual(['REVISION', 'REPLICASET', 'HASH', 'ROLE', 'PODS', 'AGE', 'IMAGES', 'CHANGE-CAUSE']);
    expect(rows[1]).toMatchObject(['2', replicaSetNameOf('v2'), {}, 'canary', '1/1', {}, 'web:v2', 'a ticket']);
    expect(rows[2]).toMatchObject(['1', replicaSetNameOf('v1'), {}, 'stable', '2/2', {}, 'web:v1']);
  });

  test('without a cause there is no column for it', async () => {
    put({ revisions: [{ version: 'v1', size: 2 }] });
    expect((await answer('history', 'web')).out).toMatch(/IMAGES\n/);
  });

  test('the template of one, as YAML and as JSON', async () => {
    put(TWO);
    const { out } = await answer('history', 'web', '--revision', '1');
    expect(out).toBe(
      [
        'metadata:',
        '  labels:',
        '    app: web',
        'spec:',
        '  containers:',
        '    - image: web:v1',
        '      name: web',
        '',
      ].join('\n'),
    );
    expect(JSON.parse((await answer('history', 'web', '--revision=1', '-o', 'json')).out)).toMatchObject({
      spec: { containers: [{ image: 'web:v1' }] },
    });
  });

  test('for programs', async () => {
    put(TWO);
    expect(JSON.parse((await answer('history', 'web', '-o', 'json')).out)).toMatchObject({
      name: 'web',
      revisions: [{ revision: 2, changeCause: 'a\nticket' }, { revision: 1 }],
    });
  });

  test('a rollout that the controller has not looked at yet', async () => {
    put({ revisions: [], version: 'v1' });
    expect(await answer('history', 'web')).toEqual({ code: 0, out: '', err: "rollout 'web' has no revision yet\n" });
  });

  test.each([
    { args: ['web', '--revision', '7'], err: /^Error: unable to find specified revision 7 in history\n$/ },
    { args: ['web', '--revision', 'x'], err: /^Error: --revision must be the number of a revision, not "x"\n/ },
    { args: ['web', '--revision', '0'], err: /^Error: --revision must be the number of a revision, not "0"\n/ },
    { args: ['wob'], err: /^Error: Cannot get rollouts shop\/wob: .*not found/ },
    { args: [], err: /^Error: missing required argument 'NAME'\n/ },
  ])('$args is refused', async ({ args, err }) => {
    put(TWO);
    const refused = await answer('history', ...args);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(err);
  });

  test('without the right to list ReplicaSets there is no history, not an empty one', async () => {
    put(TWO);
    cluster.server.fault = ({ path }) =>
      path === REPLICA_SETS ? { status: 403, body: { message: 'replicasets is forbidden' } } : undefined;
    const refused = await answer('history', 'web');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/^Error: Cannot list replicasets shop: .*replicasets is forbidden\n$/);
  });
});

describe('--dry-run', () => {
  const NOTHING_CHANGED = 'Note: nothing was changed, because of --dry-run.\n';

  test('of undo: from the present template to that of the revision', async () => {
    put(TWO);
    const { code, out, err } = await answer('undo', 'web', '--to-revision', '1', '--dry-run');
    expect({ code, err }).toEqual({ code: 0, err: NOTHING_CHANGED });
    expect(out).toMatch(/^--- present\n\+\+\+ revision 1\n@@ .*\n/);
    expect(out).toContain('\n-    - image: web:v2\n+    - image: web:v1\n');
    expect(cluster.server.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  test('of undo without it sends the patch as ever', async () => {
    put(TWO);
    expect(await answer('undo', 'web')).toEqual({ code: 0, out: "rollout 'web' undo\n", err: '' });
    expect(cluster.server.requests.at(-1)).toMatchObject({ method: 'PATCH', body: [{ path: '/spec/template' }] });
  });

  test('of set image', async () => {
    put(TWO);
    const { code, out, err } = await answer('set', 'image', 'web', '*=web:v9', '--dry-run');
    expect({ code, err }).toEqual({ code: 0, err: NOTHING_CHANGED });
    expect(out).toContain('\n-    - image: web:v2\n+    - image: web:v9\n');
    expect(cluster.server.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test('of an image that it has already', async () => {
    put(TWO);
    const { out, err } = await answer('set', 'image', 'web', 'web=web:v2', '--dry-run');
    expect(out).toBe('');
    expect(err).toBe(`Note: rollout "web" would stay as it is: both templates mean the same.\n${NOTHING_CHANGED}`);
  });

  test.each([
    { args: ['undo', 'web', '--to-revision=7'], err: 'Error: unable to find specified revision 7 in history\n' },
    { args: ['set', 'image', 'web', 'cache=x:1'], err: 'Error: unable to find container named "cache"\n' },
  ])('$args is refused as without it', async ({ args, err }) => {
    put(TWO);
    expect(await answer(...args, '--dry-run')).toEqual({ code: 1, out: '', err });
  });
});
