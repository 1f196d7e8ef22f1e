/**
 * The syntaxes of names that Kubernetes uses in a pod template, each with the sentence that explains it.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
import { invalidValue, requiredValue, type FieldError } from '../words/field-error.ts';

export interface Syntax {
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly explanation: string;
}

export const DNS_LABEL: Syntax = {
  pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/,
  maxLength: 63,
  explanation: 'must be at most 63 lower case letters, digits and dashes, and start and end with a letter or digit',
};

export const PORT_NAME: Syntax = {
  pattern: /^(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/,
  maxLength: 15,
  explanation: 'must be at most 15 lower case letters, digits and single dashes with at least one letter',
};

/** Any printable character except an equals sign, as current API servers accept it. */
export const ENVIRONMENT_NAME: Syntax = {
  pattern: /^[\x20-\x3c\x3e-\x7e]+$/,
  maxLength: Number.POSITIVE_INFINITY,
  explanation: 'must be printable ASCII without an equals sign',
};

/** The error of a required name. */
export function nameError(name: unknown, syntax: Syntax, path: string): FieldError | null {
  if (name === undefined || name === null || name === '') return requiredValue(path, '');
  const valid = typeof name === 'string' && name.length <= syntax.maxLength && syntax.pattern.test(name);
  return valid ? null : invalidValue(path, name, syntax.explanation);
}
