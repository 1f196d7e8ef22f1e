/**
 * Durations as Go writes them, such as `1h30m`, and as a pause step takes them: also whole seconds and
 * strings of digits. Only parsing: whether a duration is allowed where it stands is for others.
 */

/** What an unreadable or negative duration becomes. */
const INVALID_SECONDS = -1;

const NANOSECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  // The micro sign and the Greek letter mu are two characters that look alike; Go takes both.
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Go counts a duration in nanoseconds in an int64. */
const MAX_NANOSECONDS = 2 ** 63;
const MAX_INT32 = 2 ** 31 - 1;

const GO_DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const GO_DURATION_PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Seconds of a pause: null when it has no duration and waits for a person, -1 when the duration is
 * negative or cannot be read. Fractions of a second are cut off. Source: spec 1.4.
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
  return /^[+-]?\d+$/.test(text) ? wholeSeconds(Number(text)) : Math.trunc(goDurationSeconds(text) ?? INVALID_SECONDS);
}

/** Seconds, with their fraction and sign, of what Go's time.ParseDuration reads; null when it reads nothing. */
export function goDurationSeconds(text: string): number | null {
  const unsigned = text.replace(/^[+-]/, '');
  // The only number that needs no unit.
  if (unsigned === '0') return 0;
  if (!GO_DURATION.test(unsigned)) return null;
  let nanoseconds = 0;
  for (const [, amount, unit] of unsigned.matchAll(GO_DURATION_PART)) {
    nanoseconds += Math.round(Number(amount) * (NANOSECONDS_PER_UNIT[unit ?? ''] ?? 0));
  }
  if (nanoseconds >= MAX_NANOSECONDS) return null;
  return (text.startsWith('-') ? -nanoseconds : nanoseconds) / 1e9;
}
