/**
 * The syntaxes of names that Kubernetes uses in a pod template, each with the sentence that explains it.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
import { invalidValue, requiredValue, type FieldError } from '../field-error.ts';

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

export const DNS_SUBDOMAIN: Syntax = {
  pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
  maxLength: 253,
  explanation:
    'must be at most 253 lower case letters, digits, dashes and dots, and start and end with a letter or digit',
};

export const PORT_NAME: Syntax = {
  pattern: /^(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/,
  maxLength: 15,
  explanation: 'must be at most 15 lower case letters, digits and single dashes with at least one letter',
};

/** Anything printable but an equals sign, as today's API servers accept it. */
export const ENVIRONMENT_NAME: Syntax = {
  pattern: /^[\x20-\x3c\x3e-\x7e]+$/,
  maxLength: Number.POSITIVE_INFINITY,
  explanation: 'must be printable ASCII without an equals sign',
};

const QUALIFIED_NAME_PREFIX = DNS_SUBDOMAIN.pattern;
const QUALIFIED_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Keys of labels and annotations: an optional DNS subdomain and a slash, then a name. */
export function isQualifiedName(key: string): boolean {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? null : key.slice(0, slash);
  const name = key.slice(slash + 1);
  return (
    (prefix === null || (prefix.length <= DNS_SUBDOMAIN.maxLength && QUALIFIED_NAME_PREFIX.test(prefix))) &&
    QUALIFIED_NAME.test(name)
  );
}

export function isLabelValue(value: string): boolean {
  return value === '' || QUALIFIED_NAME.test(value);
}

/** What is wrong with a name that must be there. */
export function nameError(name: unknown, syntax: Syntax, path: string): FieldError | null {
  if (name === undefined || name === null || name === '') return requiredValue(path, '');
  const valid = typeof name === 'string' && name.length <= syntax.maxLength && syntax.pattern.test(name);
  return valid ? null : invalidValue(path, name, syntax.explanation);
}
