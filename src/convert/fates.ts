/**
 * What becomes of a field that is not translated. The schema of an input says so at the field itself; all other fields
 * of a schema are translated. So nothing that an input has can be dropped without a word.
 */
import { z } from 'zod';
import { NGINX_ONLY } from './words.ts';

export interface Fate {
  /** Refused: there is no counterpart. Decide: a person has to do something. Note: nothing has to be done. */
  readonly kind: 'refused' | 'decide' | 'note';
  readonly why: string;
}

export interface Finding extends Fate {
  /** Such as `spec.service.gateways`. */
  readonly path: string;
}

const FATES = z.registry<Fate>();

export function refused<T extends z.ZodType>(schema: T, why: string): T {
  FATES.add(schema, { kind: 'refused', why });
  return schema;
}

export function toDecide<T extends z.ZodType>(schema: T, why: string): T {
  FATES.add(schema, { kind: 'decide', why });
  return schema;
}

export function needless<T extends z.ZodType>(schema: T, why: string): T {
  FATES.add(schema, { kind: 'note', why });
  return schema;
}

/** A field that only service meshes and other proxies read. */
export function ofMeshes(): z.ZodExactOptional<z.ZodUnknown> {
  return needless(z.exactOptional(z.unknown()), NGINX_ONLY);
}

/** Every field below `value` that the schema does not let translate, and every field that it does not have. */
export function findingsIn(schema: z.ZodType, value: unknown, path: string): readonly Finding[] {
  const inner = unwrapped(schema);
  const fate = fateOf(schema);
  if (fate !== undefined) return isSet(value) ? [{ ...fate, path }] : [];
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap((item, index) => findingsIn(inner.element as z.ZodType, item, `${path}[${index}]`));
  }
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return [];
  const shape = inner.shape as Readonly<Record<string, z.ZodType>>;
  return Object.entries(value).flatMap(([key, one]) => {
    const field = shape[key];
    if (field !== undefined) return findingsIn(field, one, `${path}.${key}`);
    return [{ kind: 'refused' as const, path: `${path}.${key}`, why: 'convert does not know this field' }];
  });
}

/** Of the field itself, not of those below it; `undefined` if it is translated. */
export function fateOf(schema: z.ZodType): Fate | undefined {
  return FATES.get(schema) ?? FATES.get(unwrapped(schema));
}

/** The schema without its being optional. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodExactOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

/** A field at its zero value asks for nothing. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 0) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
