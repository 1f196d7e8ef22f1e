/** The containers of a pod template with their images. */
import type { JsonObject } from '../../kube/json.ts';
import type { PodTemplate } from '../../kube/objects.ts';

export interface ContainerImage {
  readonly container: string;
  readonly image: string;
  readonly init: boolean;
}

/** Init containers last, each list in its order. */
export function containerImages({ spec }: PodTemplate): readonly ContainerImage[] {
  return [...imagesIn(spec, 'containers', false), ...imagesIn(spec, 'initContainers', true)];
}

function imagesIn(spec: JsonObject | undefined, list: string, init: boolean): readonly ContainerImage[] {
  const containers = spec?.[list];
  if (!Array.isArray(containers)) return [];
  return (containers as readonly JsonObject[]).map(({ name, image }) => ({
    container: typeof name === 'string' ? name : '',
    image: typeof image === 'string' ? image : '',
    init,
  }));
}
