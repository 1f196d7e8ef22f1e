/** What is said where ingress-nginx cannot be had; `go` and `apt-get` here only pretend to be what they are called. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOrBuildIngressNginx } from './programs.ts';

const APT_WITHOUT_ARCHIVE = ['#!/bin/sh', 'echo "W: a warning" >&2', 'echo "E: no archive answers" >&2', 'exit 100'];

test.for([
  { name: 'without apt', apt: null, says: 'there is no apt-get or dpkg' },
  { name: 'without an archive', apt: APT_WITHOUT_ARCHIVE, says: 'E: no archive answers' },
])('a machine $name: the reason is told, nothing is built, and nothing is left', async ({ apt, says }) => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-ingress-nginx-'));
  try {
    const cacheDir = join(folder, 'cache');
    if (apt !== null) await writeFile(join(folder, 'apt-get'), apt.join('\n'), { mode: 0o755 });
    const built: string[] = [];
    const found = findOrBuildIngressNginx({ env: { PATH: folder }, cacheDir, log: (line) => built.push(line) });
    await expect(found).rejects.toThrow(`cannot be had from this machine's Debian archive: ${says}`);
    expect(built.filter((line) => line.startsWith('building'))).toEqual([]);
    expect(await readdir(join(cacheDir, 'ingress-nginx'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
