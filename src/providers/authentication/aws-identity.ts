/** Credentials of AWS as its own programs find them: variables, profiles, tokens of a ServiceAccount, the node. */
import { LRUCache } from 'lru-cache';
import type { AwsIdentity, FindAwsIdentity } from './aws.ts';

const MAX_PROFILES = 100;

const ignore = (): void => {};
/** Without a logger the package writes to the console, in the middle of our log. What matters is in its error. */
const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A function that keeps what it found until it expires. */
export function createFindAwsIdentity(): FindAwsIdentity {
  const chains = new LRUCache<string, () => Promise<AwsIdentity>>({ max: MAX_PROFILES });
  return async (profile) => {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    const chain =
      chains.get(profile ?? '') ?? defaultProvider({ logger: SILENT, ...(profile === undefined ? {} : { profile }) });
    chains.set(profile ?? '', chain);
    try {
      return await chain();
    } catch (error) {
      throw new Error('no credentials for AWS were found', { cause: error });
    }
  };
}
