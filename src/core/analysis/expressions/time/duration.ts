/** Durations as Go reads and prints them: nanoseconds in 64 bits. */
import { ExpressionProblem } from '../go/problem.ts';
import { MOST } from '../go/integers.ts';
import { quotedAscii } from '../go/quoted.ts';
import { toBytes } from '../go/byte-text.ts';

export const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  [toBytes('µs'), 1_000n],
  [toBytes('μs'), 1_000n],
  ['ms', 1_000_000n],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
]);

/** What `time.ParseDuration` takes; the problem is worded like its own. Parts below a nanosecond are cut off. */
export function parseDuration(text: string): bigint {
  const sign = text.startsWith('-') ? -1n : 1n;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0n;
  if (rest === '') throw invalid(text);
  let sum = 0n;
  while (rest !== '') {
    const [all = '', whole = '', fraction = '', unitName = ''] = /^(\d*)(?:\.(\d*))?([^.\d]*)/.exec(rest) ?? [];
    if (whole === '' && fraction === '') throw invalid(text);
    if (unitName === '') throw new ExpressionProblem(`time: missing unit in duration ${quotedAscii(text)}`);
    const unit = UNITS.get(unitName);
    if (unit === undefined)
      throw new ExpressionProblem(`time: unknown unit ${quotedAscii(unitName)} in duration ${quotedAscii(text)}`);
    // Go counts no more digits than fit into 64 bits.
    const digits = fraction.slice(0, 18);
    sum += BigInt(whole || '0') * unit + (BigInt(digits || '0') * unit) / 10n ** BigInt(digits.length);
    if (sum > MOST + 1n) throw invalid(text);
    rest = rest.slice(all.length);
  }
  if (sign > 0n && sum > MOST) throw invalid(text);
  return sign * sum;
}

function invalid(text: string): ExpressionProblem {
  return new ExpressionProblem(`time: invalid duration ${quotedAscii(text)}`);
}

/** As Go prints it: `1h0m1.5s`, `2µs`, `0s`. The text is one of bytes. */
export function printDuration(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  if (size === 0n) return '0s';
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${fractional(size, 1_000n)}${toBytes('µs')}`;
  if (size < SECOND) return `${sign}${fractional(size, 1_000_000n)}ms`;
  const seconds = `${fractional(size % MINUTE, SECOND)}s`;
  if (size < MINUTE) return `${sign}${seconds}`;
  const minutes = `${(size / MINUTE) % 60n}m${seconds}`;
  return size < HOUR ? `${sign}${minutes}` : `${sign}${size / HOUR}h${minutes}`;
}

function fractional(size: bigint, unit: bigint): string {
  const digits = String(size % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return digits === '' ? `${size / unit}` : `${size / unit}.${digits}`;
}

/** The nearest multiple, halves away from zero; the duration itself if there is no unit. */
export function roundDuration(nanos: bigint, unit: bigint): bigint {
  if (unit <= 0n) return nanos;
  const rest = nanos % unit;
  const size = rest < 0n ? -rest : rest;
  if (size * 2n < unit) return nanos - rest;
  const outcome = nanos - rest + (nanos < 0n ? -unit : unit);
  if (outcome > MOST) return MOST;
  return outcome < -MOST - 1n ? -MOST - 1n : outcome;
}
