/** JSON as Go writes it for fields that may be left out. */
import { formatTime } from '../../kube/time.ts';

export type Info = Readonly<Record<string, unknown>>;

/** Without what is empty, zero or false. */
export function withoutEmpty(fields: Info): Info {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}

/** '' for a time that is not known. */
export function timeText(at: number | null): string {
  return at === null ? '' : formatTime(at);
}
