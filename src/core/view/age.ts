/** Times that have passed, in the short form that kubectl shows. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Form {
  /** For times below this one. */
  readonly below: number;
  readonly unit: number;
  readonly name: string;
  /** Shown beside it, unless it is 0. */
  readonly smaller?: { readonly unit: number; readonly name: string };
}

/** As the API's tools have it: at most two units, and the second only while it matters. */
const FORMS: readonly Form[] = [
  { below: 2 * MINUTE, unit: SECOND, name: 's' },
  { below: 10 * MINUTE, unit: MINUTE, name: 'm', smaller: { unit: SECOND, name: 's' } },
  { below: 3 * HOUR, unit: MINUTE, name: 'm' },
  { below: 8 * HOUR, unit: HOUR, name: 'h', smaller: { unit: MINUTE, name: 'm' } },
  { below: 2 * DAY, unit: HOUR, name: 'h' },
  { below: 8 * DAY, unit: DAY, name: 'd', smaller: { unit: HOUR, name: 'h' } },
  { below: 2 * YEAR, unit: DAY, name: 'd' },
  { below: 8 * YEAR, unit: YEAR, name: 'y', smaller: { unit: DAY, name: 'd' } },
  { below: Number.POSITIVE_INFINITY, unit: YEAR, name: 'y' },
];

/** `5m30s`; a time that has not begun counts as none. */
export function spanText(ms: number): string {
  const span = Math.max(0, ms);
  const { unit, name, smaller } = FORMS.find(({ below }) => span < below) ?? FORMS[0]!;
  const whole = Math.floor(span / unit);
  const rest = smaller === undefined ? 0 : Math.floor((span - whole * unit) / smaller.unit);
  return `${whole}${name}${rest === 0 ? '' : `${rest}${smaller?.name ?? ''}`}`;
}

/** Since an instant; '' when that is not known. */
export function ageText(sinceMs: number | null, nowMs: number): string {
  return sinceMs === null ? '' : spanText(nowMs - sinceMs);
}
