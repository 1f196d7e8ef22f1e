/** Rights that the controller lacks, in words: not every installation may read Secrets, or create Jobs or Services. */
import type { Resource } from '../kube/resources.ts';
import { isApiError } from '../runtime/api-error.ts';

/** What was tried. */
export interface Tried {
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete';
  readonly resource: Resource;
  readonly namespace: string;
}

/** What to install where it is missing. */
const COMPONENTS: Readonly<Record<string, string>> = {
  secrets: 'deploy/components/analysis-secrets',
  jobs: 'deploy/components/analysis-jobs',
  services: 'deploy/components/experiments',
};

/** Quotas, namespaces that end and admission plugins forbid a request as well, in their own words. */
const NO_RIGHT = /cannot \w+ resource/;

/** An error whose message says which right is missing, and what grants it. */
export class MissingRight extends Error {
  override readonly name = 'MissingRight';

  constructor({ verb, resource: { group, plural }, namespace }: Tried, cause: unknown) {
    const kind = group === '' ? plural : `${plural}.${group}`;
    const component = COMPONENTS[plural];
    const remedy = component === undefined ? '' : `; ${component} grants it`;
    super(`the controller lacks the right to ${verb} ${kind} in namespace ${namespace}${remedy}`, { cause });
  }
}

/** What `act` resolves with. Rejects with a {@link MissingRight} where that is the reason. */
export async function withRight<T>(tried: Tried, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw isMissingRight(error) ? new MissingRight(tried, error) : error;
  }
}

/** Whether the API server says that the controller may not do what it tried. */
export function isMissingRight(error: unknown): boolean {
  return isApiError(error, 'forbidden') && NO_RIGHT.test(error.message);
}
