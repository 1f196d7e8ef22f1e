/**
 * Reading pod templates as the JSON that they are. Anything of an unexpected shape reads as absent,
 * because the API server's own schema has the last word about shapes.
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

/** Present, and more than the empty value of its type, which the API server reads as absent and fills in. */
export function isSet(parent: PodJson | undefined, key: string): boolean {
  return isPresent(parent, key) && parent?.[key] !== '' && parent?.[key] !== 0;
}

function isObject(value: unknown): value is PodJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
