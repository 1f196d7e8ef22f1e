/** Reads Secrets when something is measured. They are in no cache, so that a stolen heap holds few of them. */
import type { SecretData, SecretReference } from '../../core/analysis/secrets.ts';
import { SECRETS } from '../../kube/resources.ts';
import { isApiError } from '../../runtime/api-error.ts';
import type { Client } from '../../runtime/client.ts';
import { withRight } from '../missing-right.ts';

type Reader = Pick<Client, 'get'>;
type SecretTexts = Readonly<Record<string, string>>;

/** Decoded, or `null` when there is none. Rejects as {@link withRight} does, and with the ApiError of a request that failed. */
export async function readSecret(
  client: Reader,
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<SecretTexts | null> {
  try {
    const secret = await withRight({ verb: 'get', resource: SECRETS, namespace }, () =>
      client.get(SECRETS, { namespace, name }, signal === undefined ? {} : { signal }),
    );
    return decoded(secret);
  } catch (error) {
    if (isApiError(error, 'notFound')) return null;
    throw error;
  }
}

/** Every Secret that is referred to, each read once. */
export async function readSecrets(
  client: Reader,
  namespace: string,
  references: readonly SecretReference[],
  signal: AbortSignal,
): Promise<SecretData> {
  const names = [...new Set(references.map(({ name }) => name))];
  const entries = names.map(async (name) => [name, await readSecret(client, namespace, name, signal)] as const);
  return new Map(await Promise.all(entries));
}

/** Bytes that are no UTF-8 become replacement characters: no request could carry them as text. */
function decoded(secret: object): SecretTexts {
  const data = 'data' in secret && typeof secret.data === 'object' ? (secret.data ?? {}) : {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString('utf8')]),
  );
}
