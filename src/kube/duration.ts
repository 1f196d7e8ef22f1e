/**
 * Durations as a pause step takes them: whole seconds, a string of digits, or a Go duration such as
 * `1h30m`. Only parsing: whether a duration is allowed where it stands is for validation.
 */

/** What an unreadable or negative duration becomes. */
const INVALID_SECONDS = -1;

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  // The micro sign and the Greek letter mu are two characters that look alike; Go takes both.
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Go counts a duration in nanoseconds in an int64. */
const MAX_DURATION_SECONDS = 2 ** 63 / 1e9;
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
  return seconds < 0 ? INVALID_SECONDS : seconds;
}

function wholeSeconds(value: number): number {
  return Number.isInteger(value) && value <= MAX_INT32 ? value : INVALID_SECONDS;
}

function secondsOf(text: string): number {
  return /^[+-]?\d+$/.test(text) ? wholeSeconds(Number(text)) : Math.trunc(goDurationSeconds(text));
}

function goDurationSeconds(text: string): number {
  const unsigned = text.replace(/^[+-]/, '');
  if (!GO_DURATION.test(unsigned)) return INVALID_SECONDS;
  let seconds = 0;
  for (const [, amount, unit] of unsigned.matchAll(GO_DURATION_PART)) {
    seconds += Number(amount) * (SECONDS_PER_UNIT[unit ?? ''] ?? 0);
  }
  if (seconds >= MAX_DURATION_SECONDS) return INVALID_SECONDS;
  return text.startsWith('-') ? -seconds : seconds;
}
