/**
 * A case of this suite: when its turn has come it gets a session in the shared cluster and load through the shared
 * proxy. A failure shows what their logs say of it.
 */
import { readFile } from 'node:fs/promises';
import { aroundEach, expect, inject } from 'vitest';
import { oneByOne as base } from '../apiserver/session.ts';
import { Ledger } from './ledger.ts';
import { Traffic } from './traffic.ts';
import { inTurn, NO_LIMIT } from './turns.ts';

aroundEach((runCase) => inTurn(inject('turns'), runCase), NO_LIMIT);

export const test = base.extend<{ traffic: Traffic }>({
  traffic: async ({ session, onTestFailed }, use) => {
    const proxy = inject('sharedProxy');
    onTestFailed(async () => {
      console.error(`${proxy.name}:\n${await endOf(proxy.logPath, session.namespace)}`);
      console.error(`controller:\n${await endOf(inject('controllerLog'), session.namespace)}`);
    });
    await use(new Traffic(session, proxy, new Ledger(inject('ledger'), expect.getState().testPath)));
  },
});

/** The last lines of a log that speak of this test. */
async function endOf(path: string, namespace: string): Promise<string> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.includes(namespace));
  return lines.slice(-60).join('\n');
}
