/** A user name and a password (RFC 7617). */
import type { Authentication } from '../http/request.ts';

export function basicAuthentication(username: string, password: string): Authentication {
  const authorization = basicCredential(username, password);
  return { headersFor: async () => Promise.resolve({ authorization }) };
}

/** The value of the header. */
export function basicCredential(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
