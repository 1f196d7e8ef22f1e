/** Texts for people, without the values of a Secret. */
import { fromBytes } from '../core/analysis/expressions/go/byte-text.ts';
import { scrubbed } from '../providers/http/failure.ts';
import { CommandError } from './errors.ts';
import type { Secrets } from './notification-input.ts';

export function withoutSecrets(text: string, secrets: Secrets): string {
  // A condition has them as bytes, and its problems show those.
  const values = Object.values(secrets).flatMap((bytes) => [fromBytes(bytes), shownBytes(bytes)]);
  // The longest first, so that none is cut by one that it contains.
  const filled = values.filter((value) => value.trim() !== '').toSorted((a, b) => b.length - a.length);
  return scrubbed(text, filled);
}

function shownBytes(bytes: string): string {
  return Array.from(bytes, (one) => one.charCodeAt(0)).join(' ');
}

/** An error of that kind. */
export function hiding(message: string, secrets: Secrets): CommandError {
  return new CommandError(withoutSecrets(message, secrets));
}
