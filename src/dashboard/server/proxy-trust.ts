/** Whom an authenticating proxy has let in. Its headers count only when it shows that it is the proxy. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Identity } from './identity.ts';

export interface ProxyRules {
  /** Lower case. */
  readonly userHeader: string;
  readonly groupsHeader: string;
  readonly secretHeader: string;
  /** What the proxy sends in that header; `null` when it shows a client certificate instead. */
  readonly secret: () => string | null;
}

/** `null` when it is not the proxy, or it names nobody. */
export function vouchedFor(request: IncomingMessage, rules: ProxyRules): Identity | null {
  const user = header(request, rules.userHeader);
  if (user === '' || isReserved(user) || !isProxy(request, rules)) return null;
  const groups = header(request, rules.groupsHeader)
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !isReserved(one));
  return { method: 'proxy', user, groups };
}

/** Names of Kubernetes itself: no directory of people may give them, such as `system:masters`. */
function isReserved(name: string): boolean {
  return name.startsWith('system:');
}

/** The TLS server has checked a certificate against the authority of proxies, and no other. */
function isProxy(request: IncomingMessage, { secretHeader, secret }: ProxyRules): boolean {
  const expected = secret();
  if (expected === null) return request.socket instanceof TLSSocket && request.socket.authorized;
  return expected !== '' && isSame(header(request, secretHeader), expected);
}

/** It takes the same time whatever differs. */
function isSame(given: string, expected: string): boolean {
  const [first, second] = [given, expected].map((one) => createHash('sha256').update(one).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

/** A header that is sent several times would let a person add to what the proxy says; Node joins those with a comma. */
function header({ headers, headersDistinct }: IncomingMessage, name: string): string {
  const all = headersDistinct[name] ?? [];
  return all.length > 1 ? '' : String(headers[name] ?? '').trim();
}
