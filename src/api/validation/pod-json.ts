/**
 * Reads fields of pod templates, which are plain JSON. A value of an unexpected shape reads as absent: the
 * API server's schema checks shapes.
 */

export type PodJson = Readonly<Record<string, unknown>>;

export function objectAt(parent: PodJson | undefined, key: string): PodJson | undefined {
  const value = parent?.[key];
  return isObject(value) ? value : undefined;
}

export function listAt(parent: PodJson | undefined, key: string): readonly PodJson[] {
  const value = parent?.[key];
  return Array.isArray(value) ? value.map((item: unknown) => (isObject(item) ? item : {})) : [];
}

export function textAt(parent: PodJson | undefined, key: string): string {
  const value = parent?.[key];
  return typeof value === 'string' ? value : '';
}

export function isPresent(parent: PodJson | undefined, key: string): boolean {
  return parent?.[key] !== undefined && parent[key] !== null;
}

/** Present and not the empty value of its type, which the API server replaces with a default. */
export function isSet(parent: PodJson | undefined, key: string): boolean {
  return isPresent(parent, key) && parent?.[key] !== '' && parent?.[key] !== 0;
}

export function isObject(value: unknown): value is PodJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
