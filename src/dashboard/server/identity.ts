/** Who a request comes from, as far as this server knows: what it needs to ask the API server in that person's name. */
import { createHash } from 'node:crypto';

export type Identity =
  /** Whoever started the server. */
  | { readonly method: 'kubeconfig' }
  | { readonly method: 'token'; readonly token: string }
  /** An authenticating proxy has vouched for this. */
  | { readonly method: 'proxy'; readonly user: string; readonly groups: readonly string[] };

/** The same for two requests that may see the same. It tells nothing of a token. */
export function identityKey(identity: Identity): string {
  const { method } = identity;
  if (method === 'kubeconfig') return method;
  const told = method === 'token' ? identity.token : JSON.stringify([identity.user, identity.groups.toSorted()]);
  return `${method} ${createHash('sha256').update(told).digest('base64url')}`;
}
