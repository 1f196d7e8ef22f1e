/**
 * The page with numbers that the demo's analysis reads, in the place of a Prometheus: what the demo's own requests got
 * from one version within the last seconds. It listens on the loopback of the network namespace that the demo plays in.
 */
import { createServer } from 'node:http';
import { isFailure, type Answer } from '../../test/testbed/data-plane/answers.ts';
import { versionOfImage } from './manifests.ts';

/** As in `analysis/template.yaml`. The kernel gives no such port to a program that asks for any. */
export const NUMBERS_PORT = 9110;

export interface Numbers {
  /** Answers of the version, and those of them that were no success. */
  readonly requests: number;
  readonly failed: number;
  /** With one decimal; `null` without a request. */
  readonly failedPercent: number | null;
}

/** What is asked by `/answers?image=IMAGE&seconds=SECONDS`; `null` when it is something else. */
export interface NumbersQuery {
  readonly version: string;
  readonly seconds: number;
}

export function readQuery(url: string): NumbersQuery | null {
  const { pathname, searchParams } = new URL(url, 'http://numbers');
  const image = searchParams.get('image') ?? '';
  const seconds = Number(searchParams.get('seconds'));
  return pathname === '/answers' && image !== '' && seconds > 0 ? { version: versionOfImage(image), seconds } : null;
}

/** An answer that does not say which version it is from counts for none. */
export function numbersOf(answers: readonly Answer[], { version, seconds }: NumbersQuery, now: number): Numbers {
  const own = answers.filter((answer) => answer.version === version && answer.doneAt > now - seconds * 1_000);
  const failed = own.filter(isFailure).length;
  const failedPercent = own.length === 0 ? null : Math.round((1_000 * failed) / own.length) / 10;
  return { requests: own.length, failed, failedPercent };
}

export interface NumbersPage {
  readonly port: number;
  close(): Promise<void>;
}

/** `recent` are the latest answers, of at least as many seconds as the template asks for. */
export async function serveNumbers(recent: (now: number) => readonly Answer[], port: number): Promise<NumbersPage> {
  const server = createServer((request, response) => {
    request.resume();
    const query = readQuery(request.url ?? '');
    const now = Date.now();
    response.setHeader('content-type', 'application/json');
    if (query === null) response.writeHead(404).end('{}');
    else response.end(JSON.stringify(numbersOf(recent(now), query, now)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
