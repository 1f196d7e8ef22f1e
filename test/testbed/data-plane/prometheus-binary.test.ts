/** Which Prometheus is used: the one of the machine, or one that is built; the `go` here only pretends to. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { findOrBuildPrometheus } from './prometheus-binary.ts';

const GO = ['#!/bin/sh', 'while [ "$1" != -o ]; do shift; done', 'echo binary > "$2"; chmod +x "$2"'];

test.for([
  { name: 'of version 3', says: 'prometheus, version 3.5.1 (branch: HEAD, revision: 1234)', isUsed: true },
  { name: 'of version 2', says: 'prometheus, version 2.55.1 (branch: HEAD, revision: 1234)', isUsed: false },
  { name: 'of version 30', says: 'prometheus, version 30.0.0', isUsed: false },
  { name: 'that fails', says: '', isUsed: false },
])('a prometheus on the PATH $name', async ({ says, isUsed }) => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-prometheus-binary-'));
  try {
    const installed = join(folder, 'prometheus');
    await writeFile(installed, `#!/bin/sh\n${says === '' ? 'exit 1' : `echo "${says}"`}\n`, { mode: 0o755 });
    await writeFile(join(folder, 'go'), GO.join('\n'), { mode: 0o755 });
    const found = await findOrBuildPrometheus({
      env: { PATH: [folder, '/usr/bin', '/bin'].join(delimiter) },
      cacheDir: join(folder, 'cache'),
      log: () => undefined,
    });
    expect(found === installed).toBe(isUsed);
  } finally {
    await rm(folder, { recursive: true });
  }
});
