/**
 * A server that speaks as `src/dashboard/wire.ts` says and knows no cluster: a test says what it sends. It serves the
 * built pages below a path prefix, under the Content-Security-Policy that the real one sends.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ReleasePlan } from '../../../src/planning/release.ts';
import type {
  CommandRequest,
  Me,
  PlanRequest,
  Problem,
  RolloutEvent,
  RolloutRow,
  RowsEvent,
} from '../../../src/dashboard/wire.ts';

const ROOT = '/rollouts/';
const API = `${ROOT}api/serin/v1/`;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export const TOKEN = 'a-good-token';

interface Answer {
  readonly status: number;
  readonly body: object;
}

type Handler<T> = (request: T, key: string) => Answer;

export class FakeServer {
  me: Me = {
    signIn: 'kubeconfig',
    signedIn: true,
    user: 'ada@example.com',
    namespace: 'shop',
    namespaces: ['shop'],
    version: '0.1.0',
  };
  rows: readonly RolloutRow[] = [];
  /** By `NAMESPACE/NAME`. */
  readonly rollouts = new Map<string, RolloutEvent>();
  /** What was asked for, in order. */
  readonly commands: { readonly key: string; readonly request: CommandRequest }[] = [];
  onCommand: Handler<CommandRequest> = () => ({ status: 200, body: { message: 'Done.' } });
  onPlan: Handler<PlanRequest> = () => problem(422, 'nothing can be planned');
  /** Every stream is refused with this. */
  refusal: Answer | null = null;
  /** Paths that were asked for, without the prefix. */
  readonly asked: string[] = [];
  readonly #streams = new Map<string, Set<ServerResponse>>();
  readonly #server: Server;
  readonly #pages: string;

  private constructor(pages: string) {
    this.#pages = pages;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** `pages` is the folder that `buildPages` has filled. */
  static async start(pages: string): Promise<FakeServer> {
    const fake = new FakeServer(pages);
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${ROOT}`;
  }

  /** As it was when it started, for the next test. */
  reset(): void {
    this.me = { ...this.me, signIn: 'kubeconfig', signedIn: true, namespaces: ['shop'] };
    this.rows = [];
    this.rollouts.clear();
    this.commands.length = 0;
    this.onCommand = () => ({ status: 200, body: { message: 'Done.' } });
    this.onPlan = () => problem(422, 'nothing can be planned');
    this.refusal = null;
    this.cut();
  }

  /** How many streams are open. */
  get openStreams(): number {
    return [...this.#streams.values()].reduce((sum, { size }) => sum + size, 0);
  }

  sendRows(change: Partial<RowsEvent>): void {
    this.#send('rollouts', 'rows', { reset: false, rows: [], gone: [], ...change } satisfies RowsEvent);
  }

  sendRollout(event: RolloutEvent): void {
    const key = `${event.view.namespace}/${event.view.name}`;
    this.rollouts.set(key, event);
    this.#send(`rollouts/${key}`, 'rollout', event);
  }

  sendGone(key: string): void {
    this.rollouts.delete(key);
    this.#send(`rollouts/${key}`, 'gone', {});
  }

  sendTrouble(key: string, message: string | null): void {
    this.#send(`rollouts/${key}`, 'trouble', { message });
  }

  /** All streams end, as they do when a server ends. */
  cut(): void {
    for (const streams of this.#streams.values()) for (const stream of streams) stream.destroy();
    this.#streams.clear();
  }

  /** Nobody can connect any more. */
  async stop(): Promise<void> {
    this.cut();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #send(path: string, event: string, data: object): void {
    for (const stream of this.#streams.get(path) ?? []) stream.write(eventText(event, data));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake');
    this.asked.push(pathname);
    if (!pathname.startsWith(ROOT)) return void response.writeHead(404).end();
    if (pathname.startsWith(API)) return this.#answerApi(request, response, pathname.slice(API.length), searchParams);
    const name = pathname.startsWith(`${ROOT}assets/`) ? pathname.slice(ROOT.length) : 'index.html';
    const file = await readFile(join(this.#pages, name));
    const body = name === 'index.html' ? file.toString().replace('<base href="/" />', `<base href="${ROOT}" />`) : file;
    response
      .writeHead(200, { 'content-type': TYPES[extname(name)] ?? '', 'content-security-policy': POLICY })
      .end(body);
  }

  async #answerApi(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams) {
    const [first, namespace = '', name = '', act] = path.split('/').map(decodeURIComponent);
    const key = `${namespace}/${name}`;
    if (request.method === 'POST') {
      const body = JSON.parse((await text(request)) || '{}') as never;
      return answer(response, this.#post(first === 'rollouts' ? (act ?? '') : path, body, key));
    }
    if (path === 'me') return answer(response, { status: 200, body: this.me });
    if (!this.me.signedIn) return answer(response, problem(401, 'nobody is signed in'));
    if (this.refusal !== null) return answer(response, this.refusal);
    if (path === 'rollouts') {
      const wanted = query.get('namespace');
      const rows = this.rows.filter((row) => wanted === null || row.namespace === wanted);
      return this.#open(path, response, eventText('rows', { reset: true, rows, gone: [] } satisfies RowsEvent));
    }
    const event = this.rollouts.get(key);
    if (event === undefined) return answer(response, problem(404, `rollouts.argoproj.io "${name}" not found`));
    return this.#open(path, response, eventText('rollout', event));
  }

  #post(what: string, body: never, key: string): Answer {
    switch (what) {
      case 'sign-in':
        if ((body as { readonly token: string }).token !== TOKEN)
          return problem(401, 'The API server does not accept the token.');
        this.me = { ...this.me, signedIn: true };
        return { status: 204, body: {} };
      case 'sign-out':
        this.me = { ...this.me, signedIn: false };
        return { status: 204, body: {} };
      case 'commands':
        this.commands.push({ key, request: body });
        return this.onCommand(body, key);
      case 'plan':
        return this.onPlan(body, key);
      default:
        return problem(404, 'there is nothing at this path');
    }
  }

  #open(path: string, response: ServerResponse, first: string): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(first);
    const streams = this.#streams.get(path) ?? new Set();
    this.#streams.set(path, streams.add(response));
    response.on('close', () => streams.delete(response));
  }
}

export function problem(status: number, message: string): Answer {
  return { status, body: { message } satisfies Problem };
}

export function planned(plan: ReleasePlan): Answer {
  return { status: 200, body: plan };
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? '' : JSON.stringify(body));
}

function eventText(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
