/**
 * The identity of a pod template: the hash in the name and the label of its ReplicaSet. Equal to what
 * other controllers of this API compute for the same template. Once a ReplicaSet exists, its label counts
 * and this hash is only a first guess; template-equality.ts decides.
 */
import { fnv1aHash } from './hash.ts';
import type { Json } from './json.ts';
import type { PodTemplate } from './objects.ts';
import { POD_TEMPLATE_TYPES } from './pod-template-types.ts';
import { canonicalQuantity } from './quantity.ts';
import { encoderOf } from './typed-json.ts';

const encode = encoderOf(POD_TEMPLATE_TYPES, 'PodTemplateSpec', canonicalQuantity);

type HashByCollisionCount = Map<number | undefined, string>;

const hashes = new WeakMap<PodTemplate, HashByCollisionCount>();

/** For a template that stands for another one, some values of which are not known, as those of a recording do. */
export function knowTemplateHash(template: PodTemplate, collisionCount: number | undefined, hash: string): void {
  hashes.set(template, (hashes.get(template) ?? new Map()).set(collisionCount, hash));
}

/**
 * Hash of the template as the user wrote it, fields unknown to this version included. The result is kept
 * with a frozen template, so that asking again costs nothing. Source: spec 4.4 and appendix B.
 */
export function templateHash(template: PodTemplate, collisionCount?: number): string {
  const known = hashes.get(template);
  const before = known?.get(collisionCount);
  if (before !== undefined) return before;
  const hash = fnv1aHash(encode(template as Json), collisionCount);
  if (Object.isFrozen(template)) hashes.set(template, (known ?? new Map()).set(collisionCount, hash));
  return hash;
}
