/** JSON that an outside system has sent, read as Go reads it. */
import type { Json } from '../../kube/json.ts';

/** No system that measures nests deeper, and everything that reads JSON recursively gets along with it. */
const MAX_DEPTH = 200;

/** What is not JSON. */
export const NO_JSON: unique symbol = Symbol('no JSON');

/** The value, or {@link NO_JSON}. Throws for JSON that is nested too deeply, or has a number that is too large. */
export function readJson(text: string): Json | typeof NO_JSON {
  if (depthOf(text) > MAX_DEPTH) throw new Error('JSON that is nested too deeply');
  const parsed = parse(text);
  if (MAY_BE_TOO_LARGE.test(text) && parsed !== NO_JSON && hasInfinity(parsed)) {
    throw new Error('JSON with a number that is too large');
  }
  return parsed;
}

/** Without one of these no number is beyond a float. */
const MAY_BE_TOO_LARGE = /[eE]\+?\d{3}|\d{300}/;

function hasInfinity(value: Json): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return value !== null && typeof value === 'object' && Object.values(value).some((one) => hasInfinity(one ?? null));
}

function parse(text: string): Json | typeof NO_JSON {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return NO_JSON;
  }
}

/** How deep brackets and braces are nested, without those in strings. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') inString = !inString;
    else if (inString && character === '\\') at += 1;
    else if (inString) continue;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1));
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}
