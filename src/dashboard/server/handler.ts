/** Answers every request: who may ask at all, which route it is, who asks, and what comes of it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../telemetry/logger.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { refusalOf, type GuardRules } from './guard.ts';
import { setSecurityHeaders } from './headers.ts';
import { Outlet } from './outlet.ts';
import type { Person } from './person.ts';
import type { Lease } from './pool.ts';
import { HttpProblem, problemOf } from './problem.ts';
import type { Router } from './router.ts';
import type { StaticFiles } from './static-files.ts';
import type { Streams } from './streams.ts';
import { sendJson, type Route, type Visit } from './visit.ts';

export interface HandlerParts {
  /** With a slash at both ends. */
  readonly base: string;
  readonly guard: GuardRules;
  readonly router: Router;
  readonly files: StaticFiles;
  readonly doorkeeper: Doorkeeper;
  readonly streams: Streams;
  readonly logger: Logger;
}

const API = 'api/';

export class Handler {
  readonly #parts: HandlerParts;

  constructor(parts: HandlerParts) {
    this.#parts = parts;
  }

  /** It never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const { logger } = this.#parts;
    const { method = '', url = '/' } = request;
    const [path = '/'] = url.split('?', 1);
    let user: string | null = null;
    response.once('close', () => {
      const ms = Math.round(performance.now() - startedAt);
      logger.info({ method, path, status: response.statusCode, user, ms }, 'Answered');
    });
    setSecurityHeaders(response);
    try {
      await this.#answer(request, response, path, (name) => (user = name));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500) logger.warn({ err: error, method, path }, 'A request failed');
      if (response.headersSent) response.destroy();
      else sendJson(response, problemBody(problem), problem.status);
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    known: (user: string | null) => void,
  ): Promise<void> {
    const { base, guard, files, router } = this.#parts;
    const { method = '', headers } = request;
    if (path === '/healthz' || path === '/readyz') return sendText(response, 200, 'ok');
    const isApi = path.startsWith(`${base}${API}`);
    const refusal = refusalOf({ method, headers }, { ...guard, linked: !isApi });
    if (refusal !== null) throw new HttpProblem(403, refusal);
    if (!path.startsWith(base)) return elsewhere(path, base, response);
    const rest = path.slice(base.length);
    if (!isApi) {
      if (method !== 'GET' && method !== 'HEAD') throw new HttpProblem(405, 'only GET and HEAD');
      return files.answer(decoded(rest), request, response);
    }
    const found = router.find(method === 'HEAD' ? 'GET' : method, rest.slice(API.length));
    if (found === null) throw new HttpProblem(404, 'there is nothing here');
    if ('allowed' in found) {
      response.setHeader('allow', found.allowed.join(', '));
      throw new HttpProblem(405, `only ${found.allowed.join(', ')}`);
    }
    const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
    await this.#visit(found.route, { request, response, params: found.params, query }, known);
  }

  async #visit(route: Route, visit: Visit, known: (user: string | null) => void): Promise<void> {
    if (route.open === true) return route.answer(visit);
    const { doorkeeper, streams } = this.#parts;
    const lease = await doorkeeper.personOf(visit.request);
    if (lease === null) throw new HttpProblem(401, 'sign in first');
    known(lease.value.user);
    let lasts = false;
    try {
      streams.checkRoom();
      await route.answer({
        ...visit,
        person: lease.value,
        stream: (format) => {
          lasts = true;
          return this.#open(new Outlet(visit.response, format), lease, doorkeeper.streamLimitMs(visit.request));
        },
      });
    } finally {
      if (!lasts) lease.release();
    }
  }

  #open(outlet: Outlet, lease: Lease<Person>, limitMs: number | null): Outlet {
    this.#parts.streams.add(outlet, limitMs);
    lease.value.keep(outlet);
    outlet.onEnd(lease.release);
    return outlet;
  }
}

/** For clients of this API, and of the one that it takes the place of, which reads `code` and `error` as well. */
function problemBody({ status, message }: HttpProblem) {
  return { message, error: message, code: GRPC_CODES[status] ?? 2 };
}

const GRPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 10,
  429: 8,
  500: 13,
  503: 14,
};

function elsewhere(path: string, base: string, response: ServerResponse): void {
  if (path === '/' || `${path}/` === base) response.writeHead(302, { location: base }).end();
  else sendText(response, 404, 'not found');
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new HttpProblem(400, 'the path is not encoded as it has to be');
  }
}
