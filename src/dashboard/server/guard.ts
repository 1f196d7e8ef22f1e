/**
 * Lets only the page itself and programs send requests. Other sites that a browser has open can send requests here too,
 * with their own Origin, or with a DNS name of theirs that points here as Host (DNS rebinding).
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly headers: Pick<IncomingHttpHeaders, 'host' | 'origin'> & {
    readonly 'sec-fetch-site'?: string | string[] | undefined;
    readonly 'sec-fetch-mode'?: string | string[] | undefined;
  };
}

export interface GuardRules {
  /** Beside the names of loopback, each with or without a port. */
  readonly allowedHosts: readonly string[];
  /** On which a browser finds the names of loopback; `null` where a forwarded port may be any. */
  readonly port: number | null;
  /** Only the page may change something, no program. */
  readonly onlyBrowsers?: boolean;
  /** Another site may lead a person here. */
  readonly linked?: boolean;
}

/** What is wrong with a request, or `null`. */
export function refusalOf({ method, headers }: Asked, rules: GuardRules): string | null {
  const host = headers.host ?? '';
  if (!isAllowed(host, rules)) return 'the Host is not that of this page';
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (origin !== undefined && !isOwnOrigin(origin, host, rules)) return 'the Origin is another site';
  const isLink = rules.linked === true && method === 'GET' && mode === 'navigate';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isLink)
    return 'the request comes from another site';
  // Every browser sends the origin of a POST, so one without is not from the page.
  return origin === undefined && method !== 'GET' && rules.onlyBrowsers === true ? 'the Origin is missing' : null;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The host with or without a port, as a Host header has it. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(nameOf(host));
}

function isAllowed(host: string, { allowedHosts, port }: GuardRules): boolean {
  if (isLoopback(host)) return port === null || host === `${nameOf(host)}:${port}` || (port === 80 && !hasPort(host));
  return isNamed(host, allowedHosts);
}

/** A proxy may say another Host than the browser does; then the rules have to name the browser's. */
function isOwnOrigin(origin: string, host: string, { allowedHosts }: GuardRules): boolean {
  const own = /^https?:\/\/(?<host>[^/]+)$/.exec(origin)?.groups?.['host'];
  return own !== undefined && (own === host || isNamed(own, allowedHosts));
}

function isNamed(host: string, names: readonly string[]): boolean {
  const lower = host.toLowerCase();
  return names.some((name) => name.toLowerCase() === lower || name.toLowerCase() === nameOf(lower));
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, '');
}

function hasPort(host: string): boolean {
  return /:\d+$/.test(host);
}
