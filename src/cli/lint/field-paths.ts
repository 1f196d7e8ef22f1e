/** Field paths as text, in both directions: as messages name fields, and as they stand in an object. */
import type { Json } from '../../kube/json.ts';
import { isObject } from './documents.ts';
import type { FieldPath } from './places.ts';

/** Such as `spec.strategy.canary.steps[2].pause` and `metadata.annotations[example.com/a]`. */
export function pathText(path: FieldPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number' || /[^\w-]/.test(step)) return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

const STEP = /\[([^\]]*)\]|([^.[\]]+)/g;
const STRATEGY = ['spec', 'strategy'];

/**
 * Where a field stands that a message of this API names. Such a message leaves out `canary` and `blueGreen`, says
 * `strategy` twice, and spells some names in another case.
 */
export function writtenPath(text: string, json: Json): FieldPath {
  const path: (string | number)[] = [];
  let at: Json | undefined = json;
  for (const [, inBrackets, plain] of text.matchAll(STEP)) {
    const step =
      inBrackets !== undefined && /^\d+$/.test(inBrackets) ? Number(inBrackets) : (inBrackets ?? plain ?? '');
    const isStrategy = path.length === STRATEGY.length && STRATEGY.every((one, index) => path[index] === one);
    if (isStrategy && step === 'strategy') continue;
    if (isStrategy && childOf(at, step) === null) {
      const strategy = isObject(at) ? Object.keys(at)[0] : undefined;
      if (strategy !== undefined) {
        path.push(strategy);
        at = childOf(at, strategy)?.value;
      }
    }
    const child = childOf(at, step);
    path.push(child?.key ?? step);
    at = child?.value;
  }
  return path;
}

interface Child {
  readonly key: string | number;
  readonly value: Json | undefined;
}

function childOf(json: Json | undefined, step: string | number): Child | null {
  if (Array.isArray(json)) {
    const index = Number(step);
    return index in json ? { key: index, value: (json as readonly Json[])[index] } : null;
  }
  if (!isObject(json)) return null;
  const key = Object.keys(json).find((one) => one.toLowerCase() === String(step).toLowerCase());
  return key === undefined ? null : { key, value: json[key] };
}
