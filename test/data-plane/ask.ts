/** One request through a proxy, and waiting until a host is served. */
import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { waitFor } from '../cluster/wait.ts';
import type { ProxyAddress } from './proxy.ts';

const TIMEOUT_MS = 10_000;

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

/** One request. Throws when there is no complete answer. */
export async function ask(
  { host, port }: ProxyAddress,
  wish: Wish,
  agent: Agent | false = false,
): Promise<PlainAnswer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = request(
      {
        host,
        port,
        path: wish.path ?? '/color',
        headers: { ...wish.headers, host: wish.host },
        agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
      resolve,
    );
    call.on('error', reject);
    call.end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Resolves when a request is answered with success. */
export async function untilServed(address: ProxyAddress, wish: Wish): Promise<void> {
  await waitFor(async () => (await ask(address, wish)).status, {
    what: `${wish.host} to be served by the proxy`,
    until: (status) => status === 200,
  });
}
