/** Streams, and readers who do not read. */
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Outlet } from '../../../src/dashboard/server/outlet.ts';
import { Pace } from '../../../src/dashboard/server/pace.ts';
import { waitFor } from '../../testbed/cluster/wait.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';

let server: Server;
let outlets: Outlet[];
let socket: Socket;

/** The stream that the server has begun for the socket. */
async function opened(): Promise<Outlet> {
  const outlet = await waitFor(() => Promise.resolve(outlets[0]), { what: 'the stream to begin' });
  if (outlet === undefined) throw new Error('there is no stream');
  return outlet;
}

beforeEach(async () => {
  outlets = [];
  server = createServer((_, response) => void outlets.push(new Outlet(response, 'events')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
});

afterEach(async () => {
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test('a reader who does not read is cut off before much is kept for them', async () => {
  socket.pause();
  const outlet = await opened();
  let sent = 0;
  // What the kernel buffers for both ends comes first.
  for (let isOpen = true; sent < 100 && isOpen; sent += 1, isOpen = !outlet.ended) {
    outlet.send(JSON.stringify('x'.repeat(1_000_000)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => outlet.ended).toBe(true);
  expect(sent).toBeLessThan(100);
});

test('a reader who is behind for two signs of life is cut off', async () => {
  socket.pause();
  const outlet = await opened();
  for (let count = 0; count < 4; count += 1) outlet.send(JSON.stringify('x'.repeat(900_000)));
  outlet.keepAlive();
  expect(outlet.ended).toBe(false);
  outlet.keepAlive();
  await expect.poll(() => outlet.ended).toBe(true);
});

test('a reader who has gone is told of', async () => {
  const outlet = await opened();
  const told: string[] = [];
  outlet.onEnd(() => told.push('gone'));
  socket.destroy();
  await expect.poll(() => told).toEqual(['gone']);
  outlet.onEnd(() => told.push('at once'));
  expect(told).toEqual(['gone', 'at once']);
});

test('a reader who reads gets events, and comments in between', async () => {
  const outlet = await opened();
  const chunks: string[] = [];
  socket.on('data', (chunk) => chunks.push(String(chunk)));
  outlet.send('{"a":1}', 'rows');
  outlet.keepAlive();
  outlet.send('[]');
  const body = () => chunks.join('').replaceAll(/^[0-9a-f]+\r\n|\r\n/gm, '');
  await expect.poll(body).toMatch(/event: rows\ndata: \{"a":1\}\n\n: keep-alive\n\ndata: \[\]\n\n$/);
});

test('however much changes, there are at most four events a second, and the last change is never lost', async () => {
  const clock = new ManualClock();
  const acts: number[] = [];
  const pace = new Pace(clock, () => acts.push(clock.monotonic()));
  for (let step = 0; step < 100; step += 1) {
    pace.request();
    await clock.advance(10);
  }
  await clock.advance(1000);
  expect(acts).toEqual([20, 270, 520, 770, 1020]);
  pace.request();
  pace.stop();
  await clock.advance(1000);
  expect(acts).toHaveLength(5);
});
