/** Asks the API server who a person is, and what they may do. */
import type { NeededRight } from '../../core/view/choices.ts';
import { SELF_SUBJECT_ACCESS_REVIEWS, SELF_SUBJECT_REVIEWS } from '../../kube/resources.ts';
import { isApiError } from '../../runtime/api-error.ts';
import type { Client } from '../../runtime/client.ts';
import { z } from 'zod';

const userInfo = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });
const access = z.object({ status: z.object({ allowed: z.boolean() }) });

/** As the API server calls the person; `null` when it does not say. Rejects when it does not know the person at all. */
export async function userName(client: Client): Promise<string | null> {
  try {
    return userInfo.parse(await client.review(SELF_SUBJECT_REVIEWS, {})).status.userInfo.username;
  } catch (error) {
    // It knows the person, but not the question, or not from this person.
    if (isApiError(error) && (error.status === 404 || error.status === 403)) return null;
    throw error;
  }
}

/** True when that cannot be found out: the API server decides anyway when something is done. */
export async function mayPatch(client: Client, namespace: string, right: NeededRight): Promise<boolean> {
  const { resource, subresource, name } = right;
  const resourceAttributes = {
    namespace,
    verb: 'patch',
    group: resource.group,
    resource: resource.plural,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
  };
  try {
    return access.parse(await client.review(SELF_SUBJECT_ACCESS_REVIEWS, { resourceAttributes })).status.allowed;
  } catch {
    return true;
  }
}
