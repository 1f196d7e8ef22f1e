/** The page over its socket: what is served, what is done, and that nothing is for strangers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { BAD_ERROR_RATE } from '../../../examples/demo/bad-version.ts';
import { EventStream, eventText } from '../../../src/dashboard/server/event-stream.ts';
import { startPageServer } from '../../../examples/demo/page/server.ts';

const PORT = 4321;
const OWN = { host: `127.0.0.1:${PORT}`, origin: `http://127.0.0.1:${PORT}` };

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

class Site {
  readonly done: string[] = [];
  readonly stream = new EventStream();
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async open(): Promise<Site> {
    const folder = await mkdtemp(join(tmpdir(), 'serin-page-'));
    const site = new Site(join(folder, 'socket'));
    const server = await startPageServer({
      socket: site.#socket,
      port: PORT,
      events: (response) => site.stream.open(response, eventText('state', null)),
      actions: {
        '/commands/promote': async () => site.done.push('promote') > 0,
        '/commands/abort': async () => false,
        '/commands/retry': () => Promise.reject(new Error('the API server is gone')),
      },
    });
    onTestFinished(async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    });
    return site;
  }

  async ask(method: string, path: string, headers: Readonly<Record<string, string>> = OWN): Promise<Reply> {
    const response = await this.send(method, path, headers);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }

  send(method: string, path: string, headers: Readonly<Record<string, string>> = OWN): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const call = request({ socketPath: this.#socket, method, path, headers }, resolve);
      call.on('error', reject);
      call.end();
    });
  }
}

test.each([
  ['/', 'text/html', '<title>Serin</title>'],
  ['/page.js', 'text/javascript', 'EventSource'],
  ['/chart.js', 'text/javascript', 'drawAnalysis'],
  ['/element.js', 'text/javascript', 'byId'],
  ['/page.css', 'text/css', ':root'],
  ['/icon.svg', 'image/svg+xml', '<svg'],
])('GET %s is %s', async (path, type, part) => {
  const site = await Site.open();
  const { status, headers, body } = await site.ask('GET', path);
  expect(status).toBe(200);
  expect(headers['content-type']).toContain(type);
  expect(body).toContain(part);
});

test('what the page says about a bad version is what one does', async () => {
  const site = await Site.open();
  expect((await site.ask('GET', '/')).body).toContain(`It fails ${BAD_ERROR_RATE} % of its requests.`);
});

test('the page brings nothing from elsewhere, and may not', async () => {
  const site = await Site.open();
  const { headers, body } = await site.ask('GET', '/');
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(body).not.toMatch(/(?:src|href)="(?!\/[a-z])/);
  expect(body).not.toMatch(/<script>|<style|\son\w+=|\sstyle=/);
});

test.each([
  ['POST', '/commands/promote', 204, ''],
  ['POST', '/commands/abort', 409, 'not possible now\n'],
  ['POST', '/commands/retry', 500, 'the API server is gone\n'],
  ['POST', '/commands/drop', 404, 'not found\n'],
  ['GET', '/commands/promote', 405, 'GET is not for this\n'],
  ['POST', '/', 405, 'POST is not for this\n'],
  ['GET', '/../server.ts', 404, 'not found\n'],
])('%s %s is answered with %i', async (method, path, status, body) => {
  const site = await Site.open();
  expect(await site.ask(method, path)).toMatchObject({ status, body });
  expect(site.done).toEqual(status === 204 ? ['promote'] : []);
});

test.each([
  { name: 'another Host', headers: { host: 'evil.example', origin: 'http://evil.example' } },
  { name: 'another Origin', headers: { host: OWN.host, origin: 'https://evil.example' } },
])('$name gets nothing and does nothing', async ({ headers }) => {
  const site = await Site.open();
  for (const path of ['/', '/page.js', '/events']) {
    expect(await site.ask('GET', path, headers)).toMatchObject({ status: 403 });
  }
  expect(await site.ask('POST', '/commands/promote', headers)).toMatchObject({ status: 403 });
  expect(site.done).toEqual([]);
});

test('every open page gets the events, and its stream ends when the demo does', async () => {
  const site = await Site.open();
  const pages = await Promise.all([site.send('GET', '/events'), site.send('GET', '/events')]);
  expect(pages.map(({ headers }) => headers['content-type'])).toEqual(
    pages.map(() => 'text/event-stream; charset=utf-8'),
  );
  site.stream.send(eventText('answers', [{ version: 'blue', failed: false }]));
  site.stream.close();
  for (const page of pages) {
    expect(await text(page)).toBe(
      'event: state\ndata: null\n\nevent: answers\ndata: [{"version":"blue","failed":false}]\n\n',
    );
  }
});
