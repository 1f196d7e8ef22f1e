/** A recording that is decided again. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readRecording, type Recording } from '../../src/recording/read-recording.ts';
import { replay, type ReplayedLook } from '../../src/recording/replay.ts';
import { recordedRelease, type RecordedRelease } from './recorded-release.ts';

let release: RecordedRelease;
let recording: Recording;
let looks: readonly ReplayedLook[];

beforeAll(async () => {
  release = await recordedRelease();
  recording = readRecording(release.text);
  looks = [...replay(recording)];
});

const messages = (events: readonly { readonly message: string }[] = []) =>
  // The template has secrets in the recording, and with them another hash.
  events.map(({ message }) => message.replaceAll(/\b[0-9a-f]{8,10}\b|(?<=web-)\w{8,10}\b/g, 'HASH'));

describe('a release', () => {
  test('is decided as the controller has decided it', () => {
    expect(looks.filter(({ recordedWrites, altered }) => recordedWrites !== null || altered)).toEqual([]);
    const made = release.plans.map(({ plan }) => plan.writes);
    expect(looks.map(({ writes }) => writes.map(({ why }) => why))).toEqual(
      made.map((writes) => writes.map(({ why }) => why)),
    );
    expect(messages(looks.flatMap(({ events }) => events))).toEqual(
      messages(made.flatMap((writes) => writes.flatMap(({ events }) => events ?? []))),
    );
  });

  test('is told by what has changed before each decision', () => {
    const [first, ...others] = looks;
    expect(first?.changes).toEqual([]);
    const weights = others.flatMap(({ changes }) => changes).flatMap(({ changes }) => changes);
    const weight = weights.filter(({ field }) => field.endsWith('/canary-weight]')).map(({ to }) => to);
    expect(weight).toEqual(['20', '60', '100', '0']);
    const appeared = others.flatMap(({ changes }) => changes).filter(({ act }) => act === 'appeared');
    expect(appeared.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['ReplicaSet', 'Pod']));
  });

  test('says why it waits, and until when', () => {
    const reasons = new Set(looks.map(({ view }) => view.explanation.reason));
    expect(reasons).toContain('PausedAtStep');
    // The pause of ten seconds.
    const pause = looks.find(({ view }) => view.explanation.until !== null);
    expect(pause?.view.explanation).toMatchObject({
      state: 'progressing',
      until: (pause?.view.explanation.since ?? 0) + 10_000,
    });
    expect(looks.at(-1)?.view).toMatchObject({ phase: 'Healthy', explanation: { state: 'healthy' } });
  });
});

test('what the recorder decided otherwise is told at its line', () => {
  const [first, ...others] = recording.looks;
  if (first === undefined) throw new Error('no look');
  const [write] = first.plan.writes;
  const older = { ...first, plan: { writes: [{ ...write, why: 'another reason' }] } };
  const replayed = [...replay({ ...recording, looks: [older, ...others] })];
  expect(replayed[0]?.recordedWrites).toMatchObject([{ why: 'another reason' }]);
  expect(replayed.slice(1).every(({ recordedWrites }) => recordedWrites === null)).toBe(true);
});

test('what differs because of replaced values is no difference of versions', () => {
  const [first, ...others] = recording.looks;
  if (first === undefined) throw new Error('no look');
  const altered = { ...first, plan: { writes: [] }, altered: true };
  const [one] = replay({ ...recording, looks: [altered, ...others] });
  expect(one).toMatchObject({ altered: true, recordedWrites: null });
});
