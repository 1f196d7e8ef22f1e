/**
 * Parses durations as Go writes them, such as `1h30m`, and as a pause step accepts them: also whole seconds
 * and strings of digits.
 */

/** What an unreadable or negative duration becomes. */
const INVALID_SECONDS = -1;

const NANOSECONDS_PER_UNIT: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  // The micro sign and the Greek letter mu are two characters that look alike; Go accepts both.
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** Go counts a duration in nanoseconds in an int64. */
const MAX_NANOSECONDS = 2n ** 63n - 1n;
const MAX_DIGITS = MAX_NANOSECONDS.toString().length;
const MAX_INT32 = 2 ** 31 - 1;

/** Digits of a fraction beyond these do not fit the integer that Go collects them in, and are dropped. */
const MAX_FRACTION = MAX_NANOSECONDS / 10n;

/** Whole units, as nearly all durations are written. All of them fit. */
const PLAIN_DURATION = /^(\d{1,6})([smh])$/;
const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

const GO_DURATION = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const GO_DURATION_PART = /(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Seconds of a pause: null when it has no duration and waits for a person, -1 when the duration is
 * negative, does not fit an int32 (68 years) or cannot be read. Fractions of a second are cut off. Source: spec 1.4.
 */
export function pauseSeconds(duration: string | number | undefined): number | null {
  if (duration === undefined) return null;
  const seconds = typeof duration === 'number' ? wholeSeconds(duration) : secondsOf(duration);
  return seconds < 0 ? INVALID_SECONDS : Math.abs(seconds);
}

function wholeSeconds(value: number): number {
  return Number.isInteger(value) && value <= MAX_INT32 ? value : INVALID_SECONDS;
}

function secondsOf(text: string): number {
  const seconds = /^[+-]?\d+$/.test(text) ? Number(text) : Math.trunc(goDurationSeconds(text) ?? INVALID_SECONDS);
  return wholeSeconds(seconds);
}

/** Seconds, with their fraction and sign, of what Go's time.ParseDuration reads; null when it reads nothing. */
export function goDurationSeconds(text: string): number | null {
  const [, plain, of = ''] = PLAIN_DURATION.exec(text) ?? [];
  if (plain !== undefined) return Number(plain) * (SECONDS_PER_UNIT[of] ?? 0);
  const unsigned = text.replace(/^[+-]/, '');
  // The only number that needs no unit.
  if (unsigned === '0') return 0;
  if (!GO_DURATION.test(unsigned)) return null;
  let nanoseconds = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of unsigned.matchAll(GO_DURATION_PART)) {
    if (whole.replace(/^0+/, '').length > MAX_DIGITS) return null;
    const perUnit = NANOSECONDS_PER_UNIT[unit] ?? 0n;
    nanoseconds += BigInt(whole) * perUnit + fractionNanoseconds(fraction, Number(perUnit));
  }
  const isNegative = text.startsWith('-');
  // There is one more negative number in an int64 than positive ones.
  if (nanoseconds > MAX_NANOSECONDS + (isNegative ? 1n : 0n)) return null;
  // As Go's Duration.Seconds: two floating-point numbers are added, which for years rounds the fraction up.
  const seconds = Number(nanoseconds / NANOSECONDS_PER_SECOND) + Number(nanoseconds % NANOSECONDS_PER_SECOND) / 1e9;
  return isNegative ? -seconds : seconds;
}

/** Whole nanoseconds: the rest is cut off, after the same floating-point arithmetic as in Go. */
function fractionNanoseconds(digits: string, perUnit: number): bigint {
  let collected = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (collected > MAX_FRACTION) break;
    collected = collected * 10n + BigInt(digit);
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(collected) * (perUnit / scale)));
}
