/** Short notes about what has been done, or could not be. */
import { signal } from '@preact/signals';
import { sentenceOf } from '../words/sentence.ts';
import { Refused } from './requests.ts';

const GOOD_MS = 6000;
/** A failure stays until it is dismissed. */
const LIMIT = 4;

export interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

export const toasts = signal<readonly Toast[]>([]);
let count = 0;

export function toast(kind: Toast['kind'], text: string): void {
  count += 1;
  const id = count;
  toasts.value = [...toasts.value, { id, kind, text }].slice(-LIMIT);
  if (kind === 'done') setTimeout(() => dismiss(id), GOOD_MS);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

/** An error in words: what the API server does not allow is told as such. */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return sentenceOf(error instanceof Refused && error.status === 403 ? `You may not do that: ${message}` : message);
}
