/** The lines above a tree: a key and what is known of it. */
import type { ImageView } from '../../core/view/images.ts';
import { roleTone } from '../../core/view/signs.ts';
import { line, span, type Line, type Span } from './text.ts';

const KEY_WIDTH = 17;

export function entry(key: string, ...value: readonly (Span | string)[]): Line {
  return line(key.padEnd(KEY_WIDTH), ...value);
}

/** One to a line, with what its pods are. */
export function imageLines(images: readonly ImageView[]): readonly Line[] {
  return images.map((one, index) => entry(index === 0 ? 'Images:' : '', ...imageSpans(one)));
}

function imageSpans({ image, roles }: ImageView): readonly (Span | string)[] {
  if (roles.length === 0) return [image];
  const words = roles.flatMap((role, index) => [index === 0 ? '' : ', ', span(role, roleTone(role))]);
  return [image, ' (', ...words, ')'];
}
