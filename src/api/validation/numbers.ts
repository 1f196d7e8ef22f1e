/**
 * Rules of single numbers. The API server refuses a bad number on apply. These checks find one in a stored object.
 */
import { firstErrorOf, invalidValue, type FieldError } from '../words/field-error.ts';
import { MAX_INT32, PART_PATTERN, SHARE_PATTERN } from '../schema/fields.ts';
import { PROBLEMS } from '../words/problems.ts';

const SHARE = new RegExp(SHARE_PATTERN);
const PART = new RegExp(PART_PATTERN);

export function negativeError(path: string, value: number | undefined): FieldError | null {
  return value !== undefined && value < 0 ? invalidValue(path, value, PROBLEMS.negative) : null;
}

/** The error of the first of these fields that is below 0. */
export function negativeFieldError<Field extends string>(
  path: string,
  object: Readonly<Partial<Record<Field, number>>> | undefined,
  fields: readonly Field[],
): FieldError | null {
  return firstErrorOf(fields, (field) => negativeError(`${path}.${field}`, object?.[field]));
}

/** For a number of pods or a share of them. */
export function shareError(path: string, value: number | string | undefined): FieldError | null {
  if (typeof value === 'string') return SHARE.test(value) ? null : invalidValue(path, value, PROBLEMS.shareUnreadable);
  return value !== undefined && value > MAX_INT32
    ? invalidValue(path, value, PROBLEMS.aboveInt32)
    : negativeError(path, value);
}

/** The same, up to 100 %. */
export function partError(path: string, value: number | string | undefined): FieldError | null {
  const error = shareError(path, value);
  if (error !== null || typeof value !== 'string') return error;
  return PART.test(value) ? null : invalidValue(path, value, PROBLEMS.shareAboveAll);
}
