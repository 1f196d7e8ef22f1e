/**
 * Reads JSON of the API server without `metadata.managedFields`. These are a third to a half of the bytes of an object,
 * and more of what parsing it costs: thousands of small objects that nobody reads.
 *
 * Their text is cut out before the rest is parsed. No text between quotes can look like their beginning, because a quote in
 * it is escaped. One that looks like their end leaves half a pair of quotes, which is no JSON. Then, and when another number
 * was cut out than there are objects, as where a pod template has `managedFields`, all is parsed.
 */
const BEGINNING = '"managedFields":[{';

/** Of an object, an event or a list. Throws a SyntaxError where the text is no JSON. */
export function parseWithoutManagedFields(text: string): unknown {
  const { rest, cuts } = withoutManagedFields(text);
  if (cuts > 0) {
    try {
      const value: unknown = JSON.parse(rest);
      if (objectsIn(value) === cuts) return value;
    } catch {
      // A key looked like the end.
    }
  }
  return JSON.parse(text);
}

function objectsIn(value: unknown): number {
  const isList = typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items);
  return isList ? (value.items as readonly unknown[]).length : 1;
}

function withoutManagedFields(text: string): { readonly rest: string; readonly cuts: number } {
  let rest = '';
  let from = 0;
  let cuts = 0;
  for (let begin = text.indexOf(BEGINNING); begin !== -1; begin = text.indexOf(BEGINNING, from)) {
    const end = text.indexOf('}]', begin);
    if (end === -1) break;
    const next = end + '}]'.length;
    // One comma goes with them: the one behind, or where they are the last of the metadata the one in front.
    const isLast = text[next] !== ',';
    rest += text.slice(from, isLast ? begin - 1 : begin);
    from = isLast ? next : next + 1;
    cuts += 1;
  }
  return { rest: cuts === 0 ? text : rest + text.slice(from), cuts };
}
