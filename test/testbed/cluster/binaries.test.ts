/** How the programs are found and built, with a `go` that only pretends to compile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findOrBuildBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { withBuildLock } from './build-lock.ts';

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];

let dir: string;
let lines: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'serin-binaries-'));
  lines = [];
});
afterEach(() => rm(dir, { recursive: true }));

/** A `go` that writes its arguments and flags to a log and the `-o` file; then `script` runs. */
async function installGo(script = ''): Promise<string> {
  const bin = join(dir, 'bin');
  await mkdir(bin, { recursive: true });
  const go = [
    '#!/bin/sh',
    `echo "$GOFLAGS $GOWORK $CGO_ENABLED \${GOOS:-host} $*" >> ${join(dir, 'go.log')}`,
    script,
    'while [ "$1" != -o ]; do shift; done',
    'echo binary > "$2"; chmod +x "$2"',
  ];
  await writeFile(join(bin, 'go'), go.join('\n'), { mode: 0o755 });
  return bin;
}

function find(env: NodeJS.ProcessEnv): Promise<Binaries> {
  return findOrBuildBinaries({ env, cacheDir: join(dir, 'cache'), log: (line) => lines.push(line) });
}

async function goRuns(): Promise<readonly string[]> {
  return (await readFile(join(dir, 'go.log'), 'utf8')).trimEnd().split('\n');
}

const systemPath = (first: string): string => [first, '/usr/bin', '/bin'].join(delimiter);

describe('building', () => {
  test('each program once, with progress, into one folder', async () => {
    const env = { PATH: systemPath(await installGo('echo "go: downloading example.test/module v1.0.0" >&2')) };
    const first = await find(env);
    expect(Object.keys(first)).toEqual(NAMES);
    expect(new Set(Object.values(first).map(dirname)).size).toBe(1);
    expect(lines).toContain('building kube-apiserver ...');
    expect(lines.at(-1)).toMatch(/^built kubectl in \d+ s$/);
    lines = [];
    expect(await find(env)).toEqual(first);
    expect(lines).toEqual([]);
    expect(await goRuns()).toHaveLength(4);
    expect((await readdir(dirname(first.etcd))).sort()).toEqual(NAMES);
  });

  test("the user's Go settings do not change what is built", async () => {
    const path = systemPath(await installGo());
    await find({
      PATH: path,
      GOFLAGS: '-mod=vendor -race',
      GOWORK: '/elsewhere/go.work',
      CGO_ENABLED: '1',
      GOOS: 'plan9',
    });
    for (const run of await goRuns()) expect(run).toMatch(/^-mod=readonly off 0 host build -trimpath /);
  });

  test('two processes build once', async () => {
    const env = { PATH: systemPath(await installGo('sleep 0.3')) };
    const [first, second] = await Promise.all([find(env), find(env)]);
    expect(second).toEqual(first);
    expect(await goRuns()).toHaveLength(4);
    expect(lines).toContain(`process ${process.pid} is building the same programs, waiting for it`);
  });

  test('a failed build says so with the last words of Go, and the next one goes on', async () => {
    const path = systemPath(await installGo('case "$*" in *kubectl*) echo "no space left" >&2; exit 2;; esac'));
    await expect(find({ PATH: path })).rejects.toThrow(/go build of kubectl in .* ended with 2:\nno space left/);
    await installGo();
    await find({ PATH: path });
    expect(await goRuns()).toHaveLength(5);
  });

  test('without Go there is a remedy in the message', async () => {
    await expect(find({ PATH: join(dir, 'empty') })).rejects.toThrow(
      /no `go` on the PATH. Install Go .*KUBEBUILDER_ASSETS/,
    );
  });
});

describe('KUBEBUILDER_ASSETS', () => {
  async function fill(folder: string, names: readonly string[]): Promise<string> {
    const path = join(dir, folder);
    await mkdir(path, { recursive: true });
    for (const name of names) await writeFile(join(path, name), '', { mode: 0o755 });
    return path;
  }

  test('is used as it is, and nothing is built', async () => {
    const assets = await fill('assets', NAMES);
    const found = await find({ PATH: join(dir, 'empty'), KUBEBUILDER_ASSETS: assets });
    expect(Object.values(found)).toEqual(NAMES.map((name) => join(assets, name)));
  });

  test('may leave kubectl to the PATH', async () => {
    const assets = await fill('assets', NAMES.slice(0, 3));
    const path = await fill('path', ['kubectl']);
    expect((await find({ PATH: path, KUBEBUILDER_ASSETS: assets })).kubectl).toBe(join(path, 'kubectl'));
  });

  test('may leave kubectl to be built', async () => {
    const assets = await fill('assets', NAMES.slice(0, 3));
    // /usr/bin may hold a kubectl, so only the folder of `go` and what the pretended `go` needs are on the PATH.
    const bin = await installGo();
    const sh = await fill('sh', []);
    await writeFile(join(sh, 'chmod'), '#!/bin/sh\n/bin/chmod "$@"\n', { mode: 0o755 });
    const found = await find({ PATH: [bin, sh].join(delimiter), KUBEBUILDER_ASSETS: assets });
    expect(found.kubectl).toContain(join(dir, 'cache'));
    expect(await goRuns()).toHaveLength(1);
  });

  test('must hold the servers', async () => {
    const assets = await fill('assets', ['etcd']);
    const finding = find({ PATH: '', KUBEBUILDER_ASSETS: assets });
    await expect(finding).rejects.toThrow(`KUBEBUILDER_ASSETS=${assets} holds no executable kube-apiserver`);
  });
});

describe('the lock', () => {
  test('lets one in at a time', async () => {
    const path = join(dir, 'lock');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withBuildLock(path, work)));
    expect(most).toBe(1);
    expect(await readdir(dir)).toEqual([]);
  });

  test('of a dead process is taken over', async () => {
    const dead = spawn('true');
    await once(dead, 'exit');
    const path = join(dir, 'lock');
    await mkdir(path);
    await writeFile(join(path, 'pid'), String(dead.pid));
    expect(await withBuildLock(path, () => Promise.resolve('done'))).toBe('done');
    expect(await readdir(dir)).toEqual([]);
  });

  test('is released when the work fails', async () => {
    const path = join(dir, 'lock');
    await expect(withBuildLock(path, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await readdir(dir)).toEqual([]);
  });
});
