/**
 * An error of one field, and its text in the form of Kubernetes (k8s.io/apimachinery, util/validation/field).
 */

/** The kinds of field errors that we use, in the words of Kubernetes' messages. */
type FieldErrorKind =
  | 'Required value'
  | 'Invalid value'
  | 'Unsupported value'
  | 'Duplicate value'
  | 'Forbidden'
  | 'Not found'
  | 'Internal error';

export interface FieldError {
  /** Such as `spec.strategy.steps[2].setWeight`. */
  readonly path: string;
  readonly kind: FieldErrorKind;
  /** The current value; shown for the kinds that mention a value. */
  readonly value?: unknown;
  readonly detail: string;
}

/** A check returns the error that it finds, or null. */
export type Check<Subject> = (subject: Subject) => FieldError | null;

export function requiredValue(path: string, detail: string): FieldError {
  return { path, kind: 'Required value', detail };
}

export function invalidValue(path: string, value: unknown, detail: string): FieldError {
  return { path, kind: 'Invalid value', value, detail };
}

export function unsupportedValue(path: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((one) => JSON.stringify(one)).join(', ');
  return { path, kind: 'Unsupported value', value, detail: `supported values: ${list}` };
}

export function duplicateValue(path: string, value: unknown): FieldError {
  return { path, kind: 'Duplicate value', value, detail: '' };
}

export function notFound(path: string, value: unknown): FieldError {
  return { path, kind: 'Not found', value, detail: '' };
}

export function forbidden(path: string, detail: string): FieldError {
  return { path, kind: 'Forbidden', detail };
}

export function internalError(path: string, detail: string): FieldError {
  return { path, kind: 'Internal error', detail };
}

/** The errors that the checks find, in their order, each found when it is asked for. */
export function* errorsOf<Subject>(checks: readonly Check<Subject>[], subject: Subject): Iterable<FieldError> {
  for (const check of checks) {
    const error = check(subject);
    if (error !== null) yield error;
  }
}

/** The same for a check of each item. */
export function* errorsAmong<Item>(
  items: readonly Item[] | undefined,
  check: (item: Item, index: number) => FieldError | null,
): Iterable<FieldError> {
  let index = 0;
  for (const item of items ?? []) {
    const error = check(item, index);
    if (error !== null) yield error;
    index += 1;
  }
}

/** Nothing after the first is looked for. */
export function firstOf(errors: Iterable<FieldError>): FieldError | null {
  for (const error of errors) return error;
  return null;
}

/** The first error that the checks find, in their order. */
export function firstError<Subject>(checks: readonly Check<Subject>[], subject: Subject): FieldError | null {
  return firstOf(errorsOf(checks, subject));
}

/** The first error that a check finds among items, in their order. */
export function firstErrorOf<Item>(
  items: readonly Item[] | undefined,
  check: (item: Item, index: number) => FieldError | null,
): FieldError | null {
  return firstOf(errorsAmong(items, check));
}

/** `path: kind: value: detail`, with strings quoted, numbers plain and objects as JSON. */
export function fieldErrorText({ path, kind, value, detail }: FieldError): string {
  const speaksOfValue = kind !== 'Required value' && kind !== 'Forbidden' && kind !== 'Internal error';
  const shown = speaksOfValue ? [JSON.stringify(value) ?? 'null'] : [];
  return [path, kind, ...shown, ...(detail === '' ? [] : [detail])].join(': ');
}

/** The message of the InvalidSpec condition; the problem is the text of a field error, or a sentence. */
export function invalidSpecMessage(rolloutName: string, problem: string): string {
  return `The Rollout "${rolloutName}" is invalid: ${problem}`;
}
