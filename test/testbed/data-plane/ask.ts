/** One request through a proxy, and waiting until a host is served. */
import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../cluster/wait.ts';
import type { ProxyAddress } from './proxy.ts';

/** A request without an answer is lost; one that a busy machine answers late is not. */
const TIMEOUT_MS = 60_000;
/** That nobody else answers is seen when so many requests, each with this time in between, say the same. */
const ASKED = 10;
const BETWEEN_MS = 50;

/** What is asked for. */
export interface Wish {
  /** The Host header, which is how a proxy tells applications apart. */
  readonly host: string;
  /** `/color` by default. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The proxy closed a kept connection just when this request was sent on it, and has not seen it. */
export class KeptConnectionClosed extends Error {}

/** One request. Throws when there is no complete answer. */
export function ask({ host, port }: ProxyAddress, wish: Wish, agent: Agent | false = false): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({
      host,
      port,
      path: wish.path ?? '/color',
      headers: { ...wish.headers, host: wish.host },
      agent,
    });
    const tooLate = setTimeout(() => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)), TIMEOUT_MS);
    const fail = (error: Error): void => {
      clearTimeout(tooLate);
      reject(error);
    };
    call.on('error', (error) => {
      const closed = call.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      fail(closed ? new KeptConnectionClosed(error.message, { cause: error }) : error);
    });
    // Listeners, because a stream that is read by `for await` costs a load twice as much time of the processor.
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(tooLate);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    call.end();
  });
}

/** Resolves when requests are answered with success, or with another status that says so. */
export async function untilServed(
  address: ProxyAddress,
  wish: Wish,
  until: (status: number) => boolean = (status) => status === 200,
): Promise<void> {
  await waitFor(() => statusOf(address, wish, until), { what: `${wish.host} to be served by the proxy`, until });
}

/** Of several requests in a row, the first status that does not say so: former workers of a proxy may still answer. */
async function statusOf(address: ProxyAddress, wish: Wish, until: (status: number) => boolean): Promise<number> {
  let status = 0;
  for (let asked = 0; asked < ASKED; asked += 1) {
    if (asked > 0) await delay(BETWEEN_MS);
    ({ status } = await ask(address, wish));
    if (!until(status)) break;
  }
  return status;
}
