/**
 * Lets only the page itself send requests. Other sites that a browser has open can send requests to loopback too, with
 * their own Origin, or with a DNS name that points here as Host.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly headers: Pick<IncomingHttpHeaders, 'host' | 'origin'> & {
    readonly 'sec-fetch-site'?: string | string[] | undefined;
  };
}

/** What is wrong with a request to the page at this port of loopback, or `null`. */
export function refusalOf({ method, headers }: Asked, port: number): string | null {
  const host = headers.host ?? '';
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return 'the Host is not that of this page';
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return 'the Origin is another site';
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'the request comes from another site';
  // Every browser sends the origin of a POST, so one without is not from the page.
  return origin === undefined && method !== 'GET' ? 'the Origin is missing' : null;
}
