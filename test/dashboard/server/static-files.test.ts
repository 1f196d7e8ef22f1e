/** The pages as a browser gets them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StaticFiles } from '../../../src/dashboard/server/static-files.ts';

const SCRIPT = `export const text = '${'long '.repeat(1000)}';\n`;
const PAGE = '<!doctype html><html><head><base href="/"><title>x</title></head><body></body></html>';

let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-static-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'assets', 'main-abc.js'), SCRIPT);
  await writeFile(join(folder, 'icon.svg'), '<svg/>');
  const files = await StaticFiles.load(folder, '/rollouts/');
  server = createServer((request, response) => {
    files.answer(decodeURIComponent(request.url?.slice(1) ?? ''), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

test.each(['/', '/index.html', '/shop', '/rollout/shop/web'])('%s is the page, with its base', async (path) => {
  const response = await fetch(url + path);
  expect(await response.text()).toBe(PAGE.replace('href="/"', 'href="/rollouts/"'));
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
});

test.each([
  ['br, gzip', 'br'],
  ['gzip', 'gzip'],
  ['gzip, br;q=0', 'gzip'],
  ['identity', null],
])('a script for a browser that accepts %s is sent as %s, and kept for good', async (accepted, encoding) => {
  const response = await fetch(`${url}/assets/main-abc.js`, { headers: { 'accept-encoding': accepted } });
  expect(response.headers.get('content-encoding')).toBe(encoding);
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const length = Number(response.headers.get('content-length'));
  expect(length < SCRIPT.length / 10).toBe(encoding !== null);
  expect(await response.text()).toBe(SCRIPT);
});

test('what a browser has is not sent again', async () => {
  const etag = (await fetch(`${url}/icon.svg`)).headers.get('etag') ?? '';
  const again = await fetch(`${url}/icon.svg`, { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test('HEAD tells the size without the content', async () => {
  const response = await fetch(`${url}/icon.svg`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '6', '']);
});

test.each(['/..%2fsecret', '/assets/..%2f..%2fpackage.json', '/assets/main-old.js'])(
  '%s is not there',
  async (path) => {
    expect((await fetch(url + path)).status).toBe(404);
  },
);

test('without pages a person is told how to build them', async () => {
  const files = await StaticFiles.load(join(folder, 'nothing'), '/');
  const sent: string[] = [];
  const response = {
    setHeader: () => response,
    writeHead: () => response,
    end: (body: Buffer) => sent.push(String(body)),
  };
  files.answer('', { headers: {}, method: 'GET' } as never, response as never);
  expect(sent[0]).toContain('npm run build:dashboard');
});
