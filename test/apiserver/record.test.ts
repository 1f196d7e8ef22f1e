/** A release is recorded while the controller makes it, and then told again from the file alone. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
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
import { routedRollout, routing } from './manifests.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

const SECRET = 'correct-horse-battery-staple';

const canary = {
  steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '2s' } }, { setWeight: 75 }],
  scaleDownDelaySeconds: 1,
};

function web(image: string) {
  const container = { env: [{ name: 'TOKEN', value: SECRET }], args: [`--token=${SECRET}`] };
  return routedRollout({ replicas: 2, image, canary, container });
}

/** Resolves once the recorder watches. */
async function startRecording({ namespace }: Session, ...args: readonly string[]) {
  const terminal = recordedTerminal();
  const { kubeconfig } = inject('sharedCluster');
  const code = run(['record', 'web', ...args, '-n', namespace, `--kubeconfig=${kubeconfig}`], terminal);
  await waitFor(() => terminal.err().includes('Recording rollout'), { what: 'the recorder to begin' });
  return { terminal, code };
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

function weightsIn(changes: readonly { readonly changes: readonly FieldChange[] }[]): readonly string[] {
  const fields = changes.flatMap((one) => one.changes).filter(({ field }) => field.endsWith('/canary-weight]'));
  return fields.map(({ to }) => JSON.stringify(to).replaceAll('"', ''));
}

test('what a replay decides is what the controller has done', async ({ session, onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-record-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'web.jsonl');
  await session.apply(...routing(), web('web:1'));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  await session.settled();

  const { terminal, code } = await startRecording(session, '-o', file, '--until-done');
  using recording = await Recording.start(session, 'rollouts', 'ingresses', 'replicasets', 'services', 'events');
  await session.apply(web('web:2'));
  await session.until('web', { phase: 'Paused', index: 1, weight: 20, canaryAvailable: 1 });
  await promote(session, 'web');
  expect(await code).toBe(0);
  expect(terminal.err()).toMatch(/web\.jsonl has \d+ looks \(\S+ \S+\): the rollout is over\.\n$/);
  expect(await session.look('web')).toMatchObject({ phase: 'Healthy', stableImage: 'web:2', retired: 0 });

  const text = await readFile(file, 'utf8');
  expect(text).not.toContain(SECRET);
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const json = await cli(session, ['replay', file, '-o', 'json']);
  expect(json).toMatchObject({ code: 0, err: '' });
  const { looks } = JSON.parse(json.out) as { readonly looks: readonly ReplayedLook[] };
  // The file alone gives the decisions of the recorder, which had seen the secrets.
  expect(looks.filter((one) => one.recordedWrites !== null || one.altered)).toEqual([]);

  // Weights: those that were seen, and those that were decided, are those that the Ingress had.
  const weights = (await recording.moments('web', ({ weight }) => String(weight))).slice(1);
  expect(weightsIn(looks.flatMap(({ changes }) => changes))).toEqual(weights);
  const decided = looks.flatMap(({ writes }) => writes.filter(({ again }) => !again));
  expect(weightsIn(decided)).toEqual(weights);

  const decidedDeeds = deeds(looks.flatMap(({ events }) => events));
  const made = await waitFor(() => deeds(recording.events('web')), {
    what: 'the events of the release',
    until: (seen) => seen.length >= decidedDeeds.length,
  });
  expect(decidedDeeds).toEqual(made);

  const told = await cli(session, ['replay', file]);
  expect(told).toMatchObject({ code: 0, err: '' });
  expect(told.out).toContain('Ended:           because the rollout was over\n');
  expect(told.out).toMatch(/^ {3}decided {2}write Ingress web-web-canary \(.*\): weight 0 → 20$/m);
  expect(told.out).toMatch(
    /^ {3}waits {4}paused at step 2 since \S+, promote to go on; it ends when a person promotes/m,
  );
  expect(told.out).toMatch(/^ {3}seen {5}Rollout web: .*spec\.template\.spec\.containers\[web\]\.image web:1 → web:2/m);
});
