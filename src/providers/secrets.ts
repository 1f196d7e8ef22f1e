/** The Secrets of providers. An error names the Secret and the key, and no value. */
import type { ReadSecret } from './dependencies.ts';

export type SecretData = Readonly<Record<string, string>>;

export async function secretOf(readSecret: ReadSecret, namespace: string, name: string): Promise<SecretData> {
  const data = await readSecret(namespace, name);
  if (data === null) throw new Error(`the Secret ${namespace}/${name} does not exist`);
  return data;
}

/** The values of keys that have to be there. A line break at the end, as editors leave it, is no part of a value. */
export function requiredKeys<Key extends string>(
  secret: SecretData,
  where: string,
  keys: readonly Key[],
): Readonly<Record<Key, string>> {
  const entries = keys.map((key) => {
    const value = (Object.hasOwn(secret, key) ? secret[key] : undefined)?.trim();
    if (!value) throw new Error(`the Secret ${where} has no ${key}`);
    return [key, value] as const;
  });
  return Object.fromEntries(entries) as Record<Key, string>;
}
