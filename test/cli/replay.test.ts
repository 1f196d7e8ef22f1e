/** `replay`: what is printed of a recording, and which files are refused. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { recordedRelease } from '../recording/recorded-release.ts';
import { recordedTerminal } from './recorded-terminal.ts';

let folder: string;
let file: string;
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-replay-'));
  file = join(folder, 'web.jsonl');
  ({ text } = await recordedRelease());
  await writeFile(file, text);
});

afterAll(() => rm(folder, { recursive: true }));

async function replay(args: readonly string[], stdin = '') {
  const terminal = recordedTerminal({ readStdin: () => Promise.resolve(stdin) });
  const code = await run(['replay', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('what is printed', () => {
  test('the release decision by decision', async () => {
    const { code, out, err } = await replay([file]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Rollout: +web in shop\nRecorded: +2026-\S+, by Serin 0\.0\.9\nLooks: +\d+ in \d+s\n/);
    expect(out).toContain('Ended:           because the rollout was over\n');
    const decided =
      /^#\d+ \S+ \(\+\d+\.\ds\) ◌ Progressing\n(?: {3}seen .*\n(?: {12}.*\n)*)? {3}decided {2}write Ingress web-web-canary \(.*\): weight 0 → 20\n {3}tells /m;
    expect(out).toMatch(decided);
    expect(out).toMatch(
      /^ {3}seen {5}Ingress web-web-canary: weight 0 → 20\n {3}decided {2}write Rollout web .*phase Progressing → Paused/m,
    );
    expect(out).toMatch(
      /^ {3}decided {2}nothing to write\n {3}waits {4}paused at step 2 since \S+, promote to go on; it ends when a person promotes or aborts the update/m,
    );
    expect(out).toMatch(/^ {3}waits {4}paused at step 4 until 2026-\S+ \(in \d+s\); looks again in /m);
    expect(out).toMatch(/^ {12}RolloutStepCompleted: Rollout step 2\/4 completed \(pause\)$/m);
  });

  test('from a pipe', async () => {
    expect((await replay(['-'], text)).out).toBe((await replay([file])).out);
  });

  test('one look in full', async () => {
    const { code, out } = await replay([file, '--at', '1']);
    expect(code).toBe(0);
    expect(out.match(/^#\d+ /gm)).toEqual(['#1 ']);
    expect(out).toMatch(/^Name: +web$/m);
    expect(out).toMatch(/^├?└?──# revision:1$/m);
    expect(out).toMatch(/^- op: create\n {2}namespace: \S+\n {2}name: web-\w+\n/m);
  });

  test('for programs', async () => {
    const { out } = await replay([file, '--at', '2', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      name: 'web',
      serin: '0.0.9',
      end: { end: 'done' },
      looks: [{ look: 2, changes: [{ kind: 'Rollout', act: 'changed' }, {}], recordedWrites: null }],
    });
  });

  test('where this version decides otherwise', async () => {
    const older = text.replace('the template is new: create its ReplicaSet', 'an older reason');
    const { code, out, err } = await replay(['-'], older);
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/^Note: 1 of \d+ decisions differ /) as string,
    });
    expect(out).toMatch(
      /^ {3}differs {2}the recorder, Serin 0\.0\.9, decided otherwise:\n {12}create ReplicaSet \S+ \(an older reason\)$/m,
    );
  });
});

describe('what is refused', () => {
  test.each([
    { name: 'no file', args: [], err: /^Error: missing required argument 'FILE'\n/ },
    {
      name: 'a file that is not there',
      args: ['/no/such/file'],
      err: /^Error: \/no\/such\/file cannot be read: ENOENT/,
    },
    {
      name: 'a look that is not there',
      args: ['-', '--at', '999'],
      err: /^Error: - has no look 999: its last is \d+\n$/,
    },
    {
      name: 'a look that is no number',
      args: ['-', '--at', 'x'],
      err: /^Error: --at must be the number of a look, not "x"\n/,
    },
  ])('$name', async ({ args, err }) => {
    const { code, out, err: said } = await replay(args, text);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(said).toMatch(err);
  });

  test.each([
    { name: 'another file', change: () => 'kind: Rollout\n', err: 'line 1 is not the header of a recording' },
    { name: 'a file that is cut off', change: (all: string) => all.slice(0, 5000), err: /line \d+ is cut off; / },
    {
      name: 'a newer format',
      change: (all: string) => all.replace('"version":1', '"version":7'),
      err: 'line 1 says that its format is 7',
    },
    {
      name: 'a line that does not fit',
      change: (all: string) => all.replace('"rollout":', '"rollin":'),
      err: 'line 2 does not fit: world.rollout: ',
    },
  ])('$name', async ({ change, err }) => {
    const { code, out, err: said } = await replay(['-'], change(text));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(said).toMatch(/^Error: - cannot be replayed: /);
    expect(said).toMatch(err);
  });
});
