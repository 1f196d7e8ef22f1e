/** What a time zone does: its offset and abbreviation at an instant. */
import { ExpressionProblem } from '../go/problem.ts';
import { fromBytes } from '../go/byte-text.ts';
import { UTC, type Zone } from '../go/zone.ts';
import type { TimeValue } from '../go/value.ts';
import { civilOf, nanosOf, secondsOf, type Civil } from './calendar.ts';
import { SECOND } from './duration.ts';

/** To make one takes much longer than to use it. */
const MOST_FORMATS = 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(key, made);
  return made;
}

function clockFormat(timeZone: string): Intl.DateTimeFormat {
  return format('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

function nameFormat(locale: string, timeZone: string): Intl.DateTimeFormat {
  return format(locale, { timeZone, timeZoneName: 'short' });
}

/** The controller's own zone. It runs in a container, where there is none but UTC. */
export const LOCAL: Zone = { name: 'Local', offset: 0 };

/** The zone of the IANA database; the problem is worded like that of `time.LoadLocation`. */
export function loadZone(name: string): Zone {
  if (name === '' || name === 'UTC') return UTC;
  if (name === 'Local') return LOCAL;
  const known = /^[A-Z][\w+/-]*$/.test(name) && isKnown(name);
  if (!known) throw new ExpressionProblem(`unknown time zone ${fromBytes(name)}`);
  return { name, offset: null };
}

function isKnown(name: string): boolean {
  try {
    return clockFormat(name).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Seconds east of UTC. */
export function offsetAt(zone: Zone, nanos: bigint): number {
  if (zone.offset !== null) return zone.offset;
  const seconds = secondsOf(nanos);
  const parts = clockFormat(zone.name).formatToParts(seconds * 1_000);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '0';
  const year = Number(part('year'));
  const shown = nanosOf({
    year: part('era').startsWith('B') ? 1 - year : year,
    month: Number(part('month')),
    day: Number(part('day')),
    hour: Number(part('hour')),
    minute: Number(part('minute')),
    second: Number(part('second')),
    nano: 0,
  });
  return secondsOf(shown) - seconds;
}

/** `CET`; empty where a zone has only an offset. */
export function abbreviationAt(zone: Zone, nanos: bigint): string {
  if (zone === LOCAL) return 'UTC';
  if (zone.offset !== null) return zone.name;
  for (const locale of ['en-US', 'en-GB', 'en-AU', 'en-IN']) {
    const name = nameFormat(locale, zone.name)
      .formatToParts(secondsOf(nanos) * 1_000)
      .find(({ type }) => type === 'timeZoneName')?.value;
    if (name !== undefined && !/[+-]/.test(name)) return name;
  }
  return '';
}

/** What a clock in the time's zone shows. */
export function clockOf({ nanos, zone }: TimeValue): Civil {
  return civilOf(nanos + BigInt(offsetAt(zone, nanos)) * SECOND);
}

/** The time at which a clock in the zone shows this; where it shows it twice or never, as Go chooses. */
export function timeOf(civil: Civil, zone: Zone): TimeValue {
  const shown = nanosOf(civil);
  const guess = offsetAt(zone, shown);
  if (guess === 0) return { kind: 'time', nanos: shown, zone };
  const offset = offsetAt(zone, shown - BigInt(guess) * SECOND);
  return { kind: 'time', nanos: shown - BigInt(offset) * SECOND, zone };
}
