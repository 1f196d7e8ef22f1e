/** A release is recorded while the controller makes it, and then told again from the file alone. */
import { mkdtempDisposable, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { run } from '../../src/cli/run.ts';
import type { FieldChange } from '../../src/kube/field-changes.ts';
import type { ReplayedLook } from '../../src/recording/replay.ts';
import { recordedTerminal } from '../cli/recorded-terminal.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { cli } from './cli.ts';
import { promote } from './commands.ts';
import { blueGreenRollout, routedRollout, routing, twoServices } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

const SECRET = 'correct-horse-battery-staple';
const WITH_SECRETS = { env: [{ name: 'TOKEN', value: SECRET }], args: [`--token=${SECRET}`] };

interface Recorded {
  readonly looks: readonly ReplayedLook[];
  /** What `replay` prints. */
  readonly told: string;
}

/** Everything that a release changes, as a watch of the API server sees it. */
const watched = (session: Session) =>
  Recording.start(session, 'rollouts', 'ingresses', 'replicasets', 'services', 'events');

/** Records until the release is over, replays the file, and holds both against what has happened. */
async function recorded(session: Session, recording: Recording, release: () => Promise<void>): Promise<Recorded> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'serin-record-'));
  const file = join(folder.path, 'web.jsonl');
  const terminal = recordedTerminal();
  const { kubeconfig } = inject('sharedCluster');
  const args = ['record', 'web', '-o', file, '--until-done', '-n', session.namespace, `--kubeconfig=${kubeconfig}`];
  const code = run(args, terminal);
  await waitFor(() => terminal.err().includes('Recording rollout'), { what: 'the recorder to begin' });
  await release();
  expect(await code).toBe(0);
  expect(terminal.err()).toMatch(/web\.jsonl has \d+ looks \(\S+ \S+\): the rollout is over\.\n$/);
  expect(await session.look('web')).toMatchObject({ phase: 'Healthy', stableImage: 'web:2', retired: 0 });

  expect(await readFile(file, 'utf8')).not.toContain(SECRET);
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const json = await cli(session, ['replay', file, '-o', 'json']);
  expect(json).toMatchObject({ code: 0, err: '' });
  const { looks } = JSON.parse(json.out) as { readonly looks: readonly ReplayedLook[] };
  // The file alone gives the decisions of the recorder, which had seen the secrets.
  expect(looks.filter((one) => one.recordedWrites !== null || one.altered)).toEqual([]);
  const told = await cli(session, ['replay', file]);
  expect(told).toMatchObject({ code: 0, err: '' });
  expect(told.out).toContain('Ended:           because the rollout was over\n');
  await wereCarriedOut(looks, recording);
  return { looks, told: told.out };
}

/** What a release does, in the order in which it is told. */
const DEEDS = [
  'RolloutUpdated',
  'RolloutStepCompleted',
  'RolloutPaused',
  'SwitchService',
  'TrafficWeightUpdated',
  'RolloutCompleted',
];

function deeds(events: readonly { readonly reason: string; readonly message: string }[]): readonly string[] {
  return events.filter(({ reason }) => DEEDS.includes(reason)).map(({ reason, message }) => `${reason}: ${message}`);
}

/**
 * The decisions that a replay tells are those that the controller has made, in this order. None was never made. Where
 * watches of a busy API server are apart for longer than a recorder waits, one is told twice, or not at all.
 */
async function wereCarriedOut(looks: readonly ReplayedLook[], recording: Recording): Promise<void> {
  const decided = deeds(looks.flatMap(({ events }) => events));
  const told = [...new Set(decided)];
  const made = await waitFor(() => deeds(recording.events('web')), {
    what: 'the events of the release',
    until: (seen) => told.every((one) => seen.includes(one)),
  });
  expect([...new Set(made)].filter((one) => told.includes(one))).toEqual(told);
  // What the controller waits for afterwards gives a recorder all the time that it needs.
  const lasting = ({ reason }: { readonly reason: string }) => ['RolloutUpdated', 'RolloutPaused'].includes(reason);
  expect(told).toEqual(expect.arrayContaining([...deeds(recording.events('web').filter(lasting))]));
}

function weightsIn(changes: readonly { readonly changes: readonly FieldChange[] }[]): readonly string[] {
  const fields = changes.flatMap((one) => one.changes).filter(({ field }) => field.endsWith('/canary-weight]'));
  return fields.map(({ to }) => JSON.stringify(to).replaceAll('"', ''));
}

test('a canary behind nginx: the weights, the promotion, and no secret', async ({ session }) => {
  const canary = {
    steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '2s' } }, { setWeight: 75 }],
    scaleDownDelaySeconds: 1,
  };
  const web = (image: string) => routedRollout({ replicas: 2, image, canary, container: WITH_SECRETS });
  await session.apply(...routing(), web('web:1'));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  await session.settled();

  using recording = await watched(session);
  const { looks, told } = await recorded(session, recording, async () => {
    await session.apply(web('web:2'));
    await session.until('web', { phase: 'Paused', index: 1, weight: 20, canaryAvailable: 1 });
    await promote(session, 'web');
  });

  // Those that were seen, and those that were decided, are those that the Ingress had.
  const weights = (await recording.moments('web', ({ weight }) => String(weight))).slice(1);
  const decided = looks.flatMap(({ writes }) => writes.filter(({ again }) => !again));
  for (const told of [weightsIn(looks.flatMap(({ changes }) => changes)), weightsIn(decided)]) {
    expect(weights.filter((weight) => told.includes(weight))).toEqual([...new Set(told)]);
    expect(told).toContain('20');
  }

  expect(told).toMatch(/^ {3}decided {2}write Ingress web-web-canary \(.*\): weight 0 → 20$/m);
  expect(told).toMatch(/^ {3}waits {4}paused at step 2 since \S+, promote to go on; it ends when a person promotes/m);
  expect(told).toMatch(/^ {3}seen {5}Rollout web: .*spec\.template\.spec\.containers\[web\]\.image web:1 → web:2/m);
});

test('blue-green with the template of a Deployment', async ({ session }) => {
  const template = (image: string) => ({
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image, ...WITH_SECRETS }] },
  });
  const deployment = (image: string) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template: template(image) },
  });
  const { spec, ...rollout } = blueGreenRollout({
    replicas: 2,
    blueGreen: { autoPromotionEnabled: false, scaleDownDelaySeconds: 1 },
  });
  const { template: _template, selector: _selector, ...others } = spec;
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  await session.apply(...twoServices(), deployment('web:1'), { ...rollout, spec: { ...others, workloadRef } });
  await session.until('web', { phase: 'Healthy', active: 'web:1', preview: 'web:1' });
  await session.settled();

  using recording = await watched(session);
  const { told } = await recorded(session, recording, async () => {
    await session.apply(deployment('web:2'));
    await session.until('web', { phase: 'Paused', preview: 'web:2', canaryAvailable: 2 });
    await promote(session, 'web');
  });
  expect(told).toMatch(/^ {3}seen {5}Workload web: template\.spec\.containers\[web\]\.image web:1 → web:2$/m);
  expect(told).toMatch(/^ {3}decided {2}write Service web \(.*\): selects revision \w+ → \w+$/m);
});
