/**
 * Rules of amounts of resources in a pod template: in a request, an overhead, the size of a volume or a divisor.
 * The API server refuses a bad amount on apply. These checks find one in a stored Rollout, which no client in Go
 * can read.
 */
import { POD_TEMPLATE_TYPES } from '../../kube/pod-template-types.ts';
import { quantityInNanos } from '../../kube/quantity.ts';
import type { TypeTable } from '../../kube/typed-json.ts';
import { firstErrorOf, invalidValue, type FieldError } from '../words/field-error.ts';
import { isObject, type PodJson } from './pod-json.ts';
import { PROBLEMS } from '../words/problems.ts';

const TYPES: TypeTable = POD_TEMPLATE_TYPES;

/** The first amount in a pod's specification that cannot be read or is below 0. */
export function podAmountError(podSpec: PodJson, path: string): FieldError | null {
  return errorIn('PodSpec', podSpec, path);
}

/** The same for a map of amounts by resource name. */
export function amountsError(amounts: PodJson | undefined, path: string): FieldError | null {
  return errorIn('{}quantity', amounts, path);
}

/** `null` if the value is not an amount. */
export function amountOf(value: unknown): bigint | null {
  return typeof value === 'string' || typeof value === 'number' ? quantityInNanos(value) : null;
}

/** `notation` is that of kube/typed-json.ts. The API server's schema checks values of another shape. */
function errorIn(notation: string, value: unknown, path: string): FieldError | null {
  const bare = notation.replace(/^\*|!$/g, '');
  if (bare === 'quantity') return amountError(value, path);
  if (bare.startsWith('[]')) {
    return firstErrorOf(Array.isArray(value) ? (value as readonly unknown[]) : [], (item, index) =>
      errorIn(bare.slice(2), item, `${path}[${index}]`),
    );
  }
  const entries = Object.entries(isObject(value) ? value : {});
  if (bare.startsWith('{}')) {
    return firstErrorOf(entries, ([key, item]) => errorIn(bare.slice(2), item, `${path}[${key}]`));
  }
  const fields = TYPES[bare];
  if (fields === undefined) return null;
  return firstErrorOf(entries, ([name, field]) => {
    // Own properties only: an unknown field may be called `constructor`.
    const notationOfField = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return notationOfField === undefined ? null : errorIn(notationOfField, field, `${path}.${name}`);
  });
}

function amountError(value: unknown, path: string): FieldError | null {
  // The API server reads it as 0.
  if (value === null) return null;
  const nanos = amountOf(value);
  if (nanos === null) return invalidValue(path, value, 'must be a quantity such as 100m, 0.5 or 128Mi');
  return nanos < 0n ? invalidValue(path, value, PROBLEMS.negative) : null;
}
