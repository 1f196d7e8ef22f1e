/** Two doors in a row, as in the demo: from TCP to a Unix socket, and from there to TCP again. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { ANY_PORT, openDoor, type Door } from '../../examples/demo/door.ts';

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-door-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'socket');
}

async function twoDoorsTo(server: Server): Promise<{ readonly outer: Door; readonly inner: Door }> {
  const path = await socketPath();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const inner = await openDoor({ path }, { host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const outer = await openDoor(ANY_PORT, { path });
  onTestFinished(async () => {
    await Promise.all([outer.close(), inner.close()]);
    server.closeAllConnections();
    server.close();
  });
  return { outer, inner };
}

function post(port: number, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method: 'POST' }, (response) => resolve(text(response)));
    call.on('error', reject);
    call.end(body);
  });
}

test('what is asked and answered arrives whole, however long it is', async () => {
  const server = createServer((request, response) => request.pipe(response));
  const { outer } = await twoDoorsTo(server);
  const body = 'serin '.repeat(500_000);
  expect(await post(outer.port, body)).toBe(body);
});

test.each(['outer', 'inner'] as const)('an answer that never ends is cut when the %s door closes', async (which) => {
  const doors = await twoDoorsTo(createServer((_, response) => response.write('and so on')));
  const caller = connect(doors.outer.port, '127.0.0.1');
  caller.write('GET / HTTP/1.1\r\nHost: serin\r\n\r\n');
  await once(caller, 'data');
  const cut = once(caller, 'close');
  await doors[which].close();
  await cut;
  expect(caller.destroyed).toBe(true);
});

test('where nobody listens behind a door, the connection is closed', async () => {
  const door = await openDoor(ANY_PORT, { path: await socketPath() });
  onTestFinished(() => door.close());
  await expect(post(door.port, '')).rejects.toThrow(/socket hang up|ECONNRESET/);
});
