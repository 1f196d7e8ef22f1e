/** The images that a person has chosen in the place of the present ones. */
import type { NewImage } from '../../../core/view/set-image.ts';
import type { ContainerImage } from '../../../core/view/container-images.ts';

/** By container. What is empty or as before is no change. */
export function changedImages(
  containers: readonly ContainerImage[],
  typed: Readonly<Record<string, string>>,
): readonly NewImage[] {
  return containers.flatMap(({ container, image: before }) => {
    const image = typed[container]?.trim() ?? '';
    return image === '' || image === before ? [] : [{ container, image }];
  });
}

/** `web=web:2 proxy=proxy:3`, as a shell and an address have it. */
export function imagesText(images: readonly NewImage[], equals = '='): string {
  return images.map(({ container, image }) => `${container}${equals}${image}`).join(equals === '=' ? ' ' : ', ');
}

/** The way back from `imagesText`, by container. */
export function imagesIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(' ').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at <= 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const];
  });
  return Object.fromEntries(pairs);
}
