/** What becomes of a request on a kept connection that the server closes just then. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { waitFor } from '../cluster/wait.ts';
import { Load } from './load.ts';

/** Closes a kept connection as soon as the second request comes on it, which is then without any answer. */
async function closingServer(): Promise<{ port: number } & Disposable> {
  const used = new WeakSet<object>();
  const server = createServer((request, response) => {
    if (used.has(request.socket)) request.socket.destroy();
    used.add(request.socket);
    response.end('"blue"');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

test.for([
  { name: 'sent again, and told', sendAgain: true },
  { name: 'a failure where nothing is sent again', sendAgain: false },
])('a request on a connection that is just closed: $name', async ({ sendAgain }) => {
  using server = await closingServer();
  const options = { host: 'any.example.com', perSecond: 50, freshEvery: 0, sendAgain };
  await using load = new Load({ host: '127.0.0.1', port: server.port }, options);
  const hasHappened = (): number => (sendAgain ? load.answers.sentAgain : load.answers.failures.length);
  await waitFor(async () => hasHappened(), { what: 'a kept connection to be closed', until: (count) => count > 0 });
  const answers = await load.stop();
  expect(answers.failures.length > 0).toBe(!sendAgain);
  expect(answers.sentAgain > 0).toBe(sendAgain);
});
