/** What a browser remembers for a person. Where it may remember nothing, a choice lasts as long as the page. */
import { effect, signal, type Signal } from '@preact/signals';

/** What has been stored by anything else than this page counts as not stored. */
export function remembered<T>(key: string, initial: T, isValid: (stored: unknown) => stored is T): Signal<T> {
  const name = `serin.${key}`;
  const value = signal(stored(name, initial, isValid));
  effect(() => {
    const text = JSON.stringify(value.value);
    try {
      localStorage.setItem(name, text);
    } catch {
      // Full, or forbidden by the person.
    }
  });
  return value;
}

function stored<T>(name: string, initial: T, isValid: (stored: unknown) => stored is T): T {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(name) ?? 'null');
    return isValid(found) ? found : initial;
  } catch {
    return initial;
  }
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
