/** Changes the images of a Rollout, or of the workload that holds its pod template. */
import { withImages, type NewImage } from '../core/view/set-image.ts';
import type { JsonObject } from '../kube/json.ts';
import { isApiError } from '../runtime/api-error.ts';
import type { ObjectName } from '../runtime/client-options.ts';
import type { Client } from '../runtime/client.ts';
import { readTemplateOwner } from './template-owner.ts';

/** Another person may change the object in between. */
const ATTEMPTS = 5;

/** The kind and the name of the object that was changed, or why none was. */
export async function changeImages(
  client: Client,
  rollout: ObjectName,
  images: readonly NewImage[],
): Promise<{ readonly changed: string } | { readonly problem: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const { resource, object, template, path, name: owner } = await readTemplateOwner(client, rollout);
    const changed = withImages(template, images);
    if ('problem' in changed) return changed;
    const { resourceVersion } = object.metadata;
    const patch = { metadata: { resourceVersion }, ...nested([...path, 'spec'], changed.podSpec) };
    try {
      await client.patch(resource, owner, patch);
      return { changed: `${resource.kind.toLowerCase()} "${owner.name}"` };
    } catch (error) {
      if (!isApiError(error, 'conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}

function nested(path: readonly string[], value: JsonObject): JsonObject {
  return path.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), value);
}
