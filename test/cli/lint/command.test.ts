/** `lint` as it is typed: what it reads, what it prints, and its exit code. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { recordedTerminal } from '../recorded-terminal.ts';

const ROLLOUT = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "web:1"}]}}
  strategy:
    blueGreen:
      activeService: web
`;
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n';
const WRONG = ROLLOUT.replace('activeService', 'activService');
const FOUND = [
  '8:5: spec.strategy.blueGreen.activeService: Required value',
  '9:7: unknown field "spec.strategy.blueGreen.activService", did you mean activeService?',
];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-lint-'));
  await mkdir(join(folder, 'nested'));
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'rollout.yaml'), ROLLOUT);
  await writeFile(join(folder, 'readme.txt'), 'kind: [');
  await writeFile(
    join(folder, 'nested', 'service.json'),
    JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [] }),
  );
  await writeFile(join(folder, 'nested', 'service.yml'), SERVICE);
  await writeFile(join(folder, 'nested', 'wrong'), WRONG);
  const kubectl = join(folder, 'bin', 'kubectl');
  await writeFile(
    kubectl,
    `#!/bin/sh\n[ "$*" = "kustomize base" ] || { echo "no $2" >&2; exit 1; }\necho "${WRONG.replaceAll('"', '')}"\n`,
  );
  await chmod(kubectl, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

async function lint(args: readonly string[], changes: Partial<Terminal> = {}) {
  const terminal = recordedTerminal(changes);
  const code = await run(['lint', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

test('nothing is printed where nothing is wrong: a file, and a folder with all that is in it', async () => {
  const files = ['-f', join(folder, 'rollout.yaml'), join(folder, 'nested', 'service.yml')];
  expect(await lint(files)).toEqual({ code: 0, out: '', err: '' });
  expect(await lint(['-f', folder, '-R', '--strict'])).toEqual({ code: 0, out: '', err: '' });
});

test('what is not there is a note, and with --strict a problem', async () => {
  const absent = `spec.strategy.blueGreen.activeService: Invalid value: "web": service "web" not found among these manifests\n`;
  const place = `${join(folder, 'rollout.yaml')}:9:7: `;
  expect(await lint(['-f', folder])).toEqual({ code: 0, out: `${place}note: ${absent}`, err: '' });
  const strict = await lint(['-f', folder, '--strict']);
  expect(strict).toEqual({ code: 1, out: `${place}${absent}`, err: 'Error: 1 problem in 1 object\n' });
});

test('a file that is named is read whatever it is called', async () => {
  const file = join(folder, 'nested', 'wrong');
  const out = FOUND.map((line) => `${file}:${line}\n`).join('');
  expect(await lint([file])).toEqual({ code: 1, out, err: 'Error: 2 problems in 1 object\n' });
});

test('what comes through a pipe, as Helm renders it', async () => {
  const readStdin = () => Promise.resolve(`---\n# Source: demo/templates/a.yaml\n${WRONG}`);
  const { code, out } = await lint(['-f', '-'], { readStdin });
  const shifted = FOUND.map((line) => line.replace(/^\d+/, (number) => String(Number(number) + 2)));
  expect(out).toBe(shifted.map((line) => `<stdin>:${line} (demo/templates/a.yaml)\n`).join(''));
  expect(code).toBe(1);
});

test('what kustomize makes of a folder', async () => {
  const env = { PATH: `${join(folder, 'bin')}:/bin:/usr/bin` };
  const { code, out } = await lint(['-k', 'base'], { env });
  expect(out).toBe(FOUND.map((line) => `<kustomize base>:${line}\n`).join(''));
  expect(code).toBe(1);
  expect(await lint(['-k', 'other'], { env })).toEqual({
    code: 1,
    out: '',
    err: 'Error: kubectl kustomize other failed: no other\n',
  });
  expect((await lint(['-k', 'base'], { env: { PATH: '' } })).err).toMatch(
    /^Error: -k needs kubectl, which is not on the PATH/,
  );
});

test('as JSON', async () => {
  const { code, out } = await lint(['-f', join(folder, 'nested', 'wrong'), '-o', 'json']);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    checked: 1,
    problems: 2,
    findings: [{ line: 8, column: 5, severity: 'problem', kind: 'Rollout', name: 'web' }, { line: 9 }],
  });
});

test('nothing to read, and nothing to check', async () => {
  expect(await lint([])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('lint -f FILE') as string });
  expect(await lint(['-f', join(folder, 'none')])).toEqual({
    code: 1,
    out: '',
    err: `Error: ${join(folder, 'none')} cannot be read: there is no such file or folder\n`,
  });
  expect(await lint(['-f', join(folder, 'nested')])).toEqual({
    code: 0,
    out: '',
    err: 'Note: none of the manifests is a Rollout, or of another kind of its API.\n',
  });
});
