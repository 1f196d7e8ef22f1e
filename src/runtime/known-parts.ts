/**
 * Versions of one object differ in little. A new version takes the parts that did not change from the known one, so that
 * memory holds them once, and so that a part that is the same is seen by comparing two references.
 */

/**
 * `fresh`, in which every part that equals that of `known` is the part of `known`; all of `known` if nothing differs.
 * `fresh` is JSON that only the caller has, and is changed in place, except where it is frozen. The order of keys does
 * not count.
 */
export function withKnownParts<T>(fresh: T, known: unknown): T {
  if (Array.isArray(fresh)) return Array.isArray(known) ? (withKnownElements(fresh, known) as T) : fresh;
  if (!isObject(fresh)) return fresh === known ? (known as T) : fresh;
  return isObject(known) && !Array.isArray(known) ? (withKnownFields(fresh, known) as T) : fresh;
}

function withKnownElements(fresh: unknown[], known: readonly unknown[]): readonly unknown[] {
  let differs = fresh.length !== known.length;
  const isMutable = !Object.isFrozen(fresh);
  for (let index = 0; index < fresh.length; index += 1) {
    const part = withKnownParts(fresh[index], known[index]);
    if (part !== known[index]) differs = true;
    if (isMutable) fresh[index] = part;
  }
  return differs ? fresh : known;
}

function withKnownFields(fresh: Record<string, unknown>, known: Readonly<Record<string, unknown>>): object {
  let differs = false;
  let count = 0;
  const isMutable = !Object.isFrozen(fresh);
  for (const key of Object.keys(fresh)) {
    count += 1;
    if (!Object.hasOwn(known, key)) {
      differs = true;
      continue;
    }
    const part = withKnownParts(fresh[key], known[key]);
    if (part !== known[key]) differs = true;
    if (isMutable) fresh[key] = part;
  }
  return differs || count !== Object.keys(known).length ? fresh : known;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
