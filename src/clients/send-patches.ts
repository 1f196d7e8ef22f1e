/** Sends the patches of a command in their order. */
import type { CommandPatch } from '../core/view/plain-commands.ts';
import type { Resource } from '../kube/resources.ts';
import type { ObjectName } from '../runtime/client-options.ts';
import type { Client } from '../runtime/client.ts';

/** Definitions from before the status had a subresource answer "not found" there: then the object itself is patched. */
export async function sendPatches(
  client: Client,
  resource: Resource,
  object: ObjectName,
  patches: readonly CommandPatch[],
): Promise<void> {
  for (const { subresource, patch } of patches) {
    try {
      await client.patch(resource, object, patch, subresource === undefined ? {} : { subresource });
    } catch (error) {
      if (subresource === undefined || !isNotFound(error)) throw error;
      await client.patch(resource, object, patch);
    }
  }
}

/** By its kind, as every ApiError has one: the class itself is not worth loading for this. */
function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'kind' in error && error.kind === 'notFound';
}
