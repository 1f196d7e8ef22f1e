/** Changing the images of a pod template. */
import type { Json, JsonObject } from '../../kube/json.ts';
import type { PodTemplate } from '../../kube/objects.ts';

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** `*` stands for every container. */
export interface NewImage {
  readonly container: string;
  readonly image: string;
}

/** The lists of containers of the pod's spec with the images in them; a sentence when a container is not there. */
export function withImages(
  template: PodTemplate,
  images: readonly NewImage[],
): { readonly podSpec: JsonObject } | { readonly problem: string } {
  const names = LISTS.flatMap((list) => containersIn(template, list).map(({ name }) => name));
  const unknown = images.find(({ container }) => container !== '*' && !names.includes(container));
  if (unknown !== undefined) return { problem: `unable to find container named "${unknown.container}"` };
  const changed = LISTS.flatMap((list): readonly (readonly [string, Json])[] => {
    const containers = containersIn(template, list);
    return containers.length === 0 ? [] : [[list, containers.map((one) => withImage(one, images))]];
  });
  return { podSpec: Object.fromEntries(changed) };
}

function withImage(container: JsonObject, images: readonly NewImage[]): JsonObject {
  const chosen = images.findLast((one) => one.container === '*' || one.container === container['name']);
  return chosen === undefined ? container : { ...container, image: chosen.image };
}

function containersIn({ spec }: PodTemplate, list: (typeof LISTS)[number]): readonly JsonObject[] {
  const containers = spec?.[list];
  return Array.isArray(containers) ? (containers as readonly JsonObject[]) : [];
}
