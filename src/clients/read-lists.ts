/** Reads whole lists of objects. */
import type { KubeObject } from '../kube/objects.ts';
import type { Resource } from '../kube/resources.ts';
import { isApiError } from '../runtime/api-error.ts';
import type { Client } from '../runtime/client.ts';
import { isKubeObject } from '../runtime/wire.ts';

const PAGE_SIZE = 500;

interface ListQuery {
  readonly resource: Resource;
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal;
}

export async function readList(
  client: Pick<Client, 'list'>,
  { resource, ...query }: ListQuery,
): Promise<readonly KubeObject[]> {
  const objects: KubeObject[] = [];
  let continueToken = '';
  do {
    const page = await client.list(resource, {
      ...query,
      limit: PAGE_SIZE,
      ...(continueToken === '' ? {} : { continueToken }),
    });
    objects.push(...page.items.filter(isKubeObject));
    ({ continueToken } = page);
  } while (continueToken !== '');
  return objects;
}

/** An empty list, with a note for the person, where the list may not be read or the server does not know such objects. */
export async function readListIfAllowed(
  client: Client,
  query: ListQuery,
  note: (text: string) => void,
): Promise<readonly KubeObject[]> {
  try {
    return await readList(client, query);
  } catch (error) {
    if (isApiError(error, 'notFound')) return [];
    if (!isApiError(error, 'forbidden')) throw error;
    note(`Note: ${query.resource.plural} are not shown. ${error.message}`);
    return [];
  }
}
