/** The command line against an API server in memory, whose namespace is `shop`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { FakeApiServer } from '../runtime/fake-api-server.ts';
import { recordedTerminal, type RecordedTerminal } from './recorded-terminal.ts';

export interface Started {
  readonly terminal: RecordedTerminal;
  readonly code: Promise<number>;
}

export interface FakeCluster {
  readonly server: FakeApiServer;
  /** Of this test; it is removed when the test ends. */
  readonly folder: string;
  readonly start: (args: readonly string[], changes?: Partial<Terminal>) => Started;
  readonly stop: () => Promise<void>;
}

export async function fakeCluster(): Promise<FakeCluster> {
  const server = await FakeApiServer.start();
  const folder = await mkdtemp(join(tmpdir(), 'serin-cli-'));
  const config = join(folder, 'config');
  await writeFile(config, server.kubeConfig().exportConfig());
  return {
    server,
    folder,
    start: (args, changes = {}) => {
      const terminal = recordedTerminal(changes);
      return { terminal, code: run([...args, `--kubeconfig=${config}`, '-n', 'shop'], terminal) };
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
