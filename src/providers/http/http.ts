/**
 * HTTP for all providers: an answer is whole and bounded, or there is none. Redirects are followed within one origin
 * only: a request may carry credentials, and a metric that names one host must not make the controller ask another.
 */
import { request as send } from 'undici';
import { type ConnectionOptions, createConnections } from './connections.ts';
import { failureOf, scrubbed, secretsOf } from './failure.ts';
import type { Http, HttpAnswer, HttpRequest, OutgoingRequest } from './request.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;
/** These keep method and body; after all others a GET follows, as browsers and Go do it. */
const REPEATING_REDIRECTS: ReadonlySet<number> = new Set([307, 308]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, ...REPEATING_REDIRECTS]);

type Dispatcher = ReturnType<ReturnType<typeof createConnections>['dispatcherFor']>;

export function createHttp(options: ConnectionOptions): { readonly http: Http; readonly close: () => Promise<void> } {
  const { dispatcherFor, close } = createConnections(options);
  const http: Http = async (request, signal) => {
    const insecure = request.insecure ?? false;
    const { authentication, secrets = [] } = request;
    let outgoing = firstOf(request);
    let renewed = false;
    for (let redirects = 0; ;) {
      signal.throwIfAborted();
      const headers = { ...(await authentication?.headersFor(outgoing, signal)), ...outgoing.headers };
      const authenticated = { ...outgoing, headers };
      const answer = await exchange(authenticated, dispatcherFor(outgoing.url, insecure), signal, secrets);
      if (answer.status === 401 && authentication?.renew !== undefined && !renewed) {
        renewed = true;
        authentication.renew();
      } else if (answer.location === undefined) {
        return answer;
      } else {
        redirects += 1;
        if (redirects > MAX_REDIRECTS) throw new Error(`${answer.host} redirects more than ${MAX_REDIRECTS} times`);
        outgoing = redirected(outgoing, answer.status, answer.location);
      }
    }
  };
  return { http, close };
}

/** The request without user name and password in its URL; they become a header, unless it is set. */
function firstOf(request: HttpRequest): OutgoingRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const url = new URL(request.url);
  if (!/^https?:$/.test(url.protocol)) throw new Error(`${url.protocol}//${url.host} is not a URL of HTTP or HTTPS`);
  const { username, password } = url;
  if (username !== '' || password !== '') {
    const clear = [username, password].map((part) => decoded(part, url.host)).join(':');
    headers['authorization'] ??= `Basic ${Buffer.from(clear).toString('base64')}`;
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  return { method: request.method ?? 'GET', url, headers, body: request.body };
}

function decoded(part: string, host: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw new Error(`${host} cannot be asked: the user name or password in its URL is not encoded`, { cause: error });
  }
}

function redirected(from: OutgoingRequest, status: number, location: string): OutgoingRequest {
  const url = URL.parse(location, from.url);
  if (url === null) throw new Error(`${from.url.host} redirects to what is not a URL`);
  if (url.origin !== from.url.origin) {
    throw new Error(`${from.url.origin} redirects to ${url.origin}, and redirects to another host are not followed`);
  }
  url.username = '';
  url.password = '';
  if (REPEATING_REDIRECTS.has(status)) return { ...from, url };
  const { 'content-type': _, ...headers } = from.headers;
  return { method: 'GET', url, headers, body: undefined };
}

/** One request and its answer; `location` only of a redirect. */
async function exchange(
  { method, url, headers, body }: OutgoingRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
  secrets: readonly string[],
): Promise<HttpAnswer & { readonly location?: string }> {
  const { host } = url;
  let answer: HttpAnswer & { readonly location?: string };
  let text: string | null;
  let encoding: string;
  try {
    const response = await send(url, {
      // undici checks it; another spelling is an error that it reports.
      method: method as 'GET',
      headers: { 'user-agent': 'serin', ...headers },
      body: body ?? null,
      dispatcher,
      signal,
      // The caller's signal has the limit.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const { statusCode: status, headers: received } = response;
    encoding = textOf(received['content-encoding']);
    const location = REDIRECTS.has(status) ? textOf(received['location']) : '';
    text = await boundedText(response.body, Number(textOf(received['content-length'])));
    answer = {
      host,
      status,
      contentType: textOf(received['content-type']),
      body: text ?? '',
      scrub: (part) => scrubbed(part, secretsOf(headers, secrets)),
      ...(location === '' ? {} : { location }),
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw failureOf(host, error);
  }
  if (text === null) throw new Error(`${host} answered with more than 1 MiB`);
  if (!/^(?:identity)?$/i.test(encoding)) throw new Error(`${host} answered with an encoding that was not asked for`);
  return answer;
}

interface Body extends AsyncIterable<Buffer> {
  on(event: 'error', listener: () => void): this;
  destroy(): unknown;
}

/** `null` when there is more of it than an answer may have. */
async function boundedText(body: Body, announcedBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (!(announcedBytes > MAX_ANSWER_BYTES)) {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
  // Without a listener the end of an unread body would be an uncaught error.
  body.on('error', () => {}).destroy();
  return null;
}

function textOf(header: string | string[] | undefined): string {
  return (typeof header === 'string' ? header : header?.[0]) ?? '';
}
