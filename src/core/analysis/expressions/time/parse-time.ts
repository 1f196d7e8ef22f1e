/** Text as times, by a layout of Go. */
import { ExpressionProblem } from '../go/problem.ts';
import { quotedAscii } from '../go/quoted.ts';
import type { TimeValue } from '../go/value.ts';
import { UTC, type Zone } from '../go/zone.ts';
import { daysIn, MONTHS, nanosOf, WEEKDAYS, type Civil } from './calendar.ts';
import { SECOND } from './duration.ts';
import { elementsOf, isFraction } from './layout.ts';
import { abbreviationAt, LOCAL, offsetAt, timeOf } from './zones.ts';

/** What has been read so far; `null` where the layout has no such element yet. */
interface Parts {
  year: number;
  month: number | null;
  day: number | null;
  yearDay: number | null;
  hour: number;
  minute: number;
  second: number;
  nano: number;
  afternoon: boolean | null;
  utc: boolean;
  /** Seconds east of UTC. */
  offset: number | null;
  zoneName: string;
}

/** A number that is read is out of its range. */
class OutOfRange extends Error {}

/**
 * The time that the text shows. Without a zone in the text it is in `zone`; a zone of the text that means the same is
 * `local`. Throws with the wording of `time.Parse`.
 */
export function parseTime(layout: string, text: string, zone: Zone = UTC, local: Zone = LOCAL): TimeValue {
  const parts: Parts = {
    year: 0,
    month: null,
    day: null,
    yearDay: null,
    hour: 0,
    minute: 0,
    second: 0,
    nano: 0,
    afternoon: null,
    utc: false,
    offset: null,
    zoneName: '',
  };
  const problem = (why: string): ExpressionProblem => new ExpressionProblem(`parsing time ${quotedAscii(text)}${why}`);
  let rest = text;
  const elements = elementsOf(layout);
  for (const [index, { before, element }] of elements.entries()) {
    const failed = (what: string): ExpressionProblem =>
      problem(` as ${quotedAscii(layout)}: cannot parse ${quotedAscii(rest)} as ${quotedAscii(what)}`);
    const skipped = withoutPrefix(rest, before);
    rest = skipped.rest;
    if (!skipped.found) throw failed(before);
    if (element === '') continue;
    const following = elements[index + 1]?.element ?? '';
    try {
      const left = read(element, rest, parts, following);
      if (left === null) throw failed(element);
      rest = left;
    } catch (error) {
      if (error instanceof OutOfRange) throw problem(`: ${error.message} out of range`);
      throw error;
    }
  }
  if (rest !== '') throw problem(`: extra text: ${quotedAscii(rest)}`);
  const civil = civilOfParts(parts);
  if (civil === null) throw problem(': day out of range');
  return inZone(civil, parts, zone, local);
}

/** Spaces of the layout stand for any number of them. What was alike is taken even if the prefix as a whole is not. */
function withoutPrefix(text: string, prefix: string): { readonly rest: string; readonly found: boolean } {
  let rest = text;
  let wanted = prefix;
  while (wanted !== '') {
    if (wanted.startsWith(' ')) {
      if (rest !== '' && !rest.startsWith(' ')) return { rest, found: false };
      wanted = wanted.replace(/^ +/, '');
      rest = rest.replace(/^ +/, '');
      continue;
    }
    if (rest[0] !== wanted[0]) return { rest, found: false };
    wanted = wanted.slice(1);
    rest = rest.slice(1);
  }
  return { rest, found: true };
}

/** Reads one element into the parts and returns the rest of the text; `null` when the text does not have it. */
function read(element: string, text: string, parts: Parts, following: string): string | null {
  if (isFraction(element)) return readFraction(element, text, parts);
  if (/^(?:\d+|__?2)$/.test(element)) return readNumber(element, text, parts, following);
  if (/^(?:Jan|Mon)/.test(element)) return readName(element, text, parts);
  if (element === 'PM' || element === 'pm') {
    const half = element === 'PM' ? /^(?:AM|PM)/.exec(text) : /^(?:am|pm)/.exec(text);
    if (half === null) return null;
    parts.afternoon = half[0].toUpperCase() === 'PM';
    return text.slice(2);
  }
  return element === 'MST' ? readZoneName(text, parts) : readOffset(element, text, parts);
}

function readName(element: string, text: string, parts: Parts): string | null {
  const isMonth = element.startsWith('J');
  const names = isMonth ? MONTHS : WEEKDAYS;
  const shown = element.length === 3 ? names.map((name) => name.slice(0, 3)) : names;
  const index = shown.findIndex((name) => text.toLowerCase().startsWith(name.toLowerCase()));
  if (index === -1) return null;
  if (isMonth) parts.month = index + 1;
  return text.slice(shown[index]?.length);
}

/** How the digits of a number look, the part that it is, and its range. */
const NUMBERS: Readonly<Record<string, readonly [RegExp, keyof Parts, number, number, string]>> = {
  '1': [/^\d{1,2}/, 'month', 1, 12, 'month'],
  '01': [/^\d{2}/, 'month', 1, 12, 'month'],
  '2': [/^\d{1,2}/, 'day', 0, 99, 'day'],
  _2: [/^ ?\d{1,2}/, 'day', 0, 99, 'day'],
  '02': [/^\d{2}/, 'day', 0, 99, 'day'],
  __2: [/^ {0,2}\d{1,3}/, 'yearDay', 0, 999, 'day'],
  '002': [/^\d{3}/, 'yearDay', 0, 999, 'day'],
  '15': [/^\d{1,2}/, 'hour', 0, 23, 'hour'],
  '3': [/^\d{1,2}/, 'hour', 0, 12, 'hour'],
  '03': [/^\d{2}/, 'hour', 0, 12, 'hour'],
  '4': [/^\d{1,2}/, 'minute', 0, 59, 'minute'],
  '04': [/^\d{2}/, 'minute', 0, 59, 'minute'],
  '5': [/^\d{1,2}/, 'second', 0, 59, 'second'],
  '05': [/^\d{2}/, 'second', 0, 59, 'second'],
  '2006': [/^\d{4}/, 'year', 0, 9_999, 'year'],
  '06': [/^\d{2}/, 'year', 0, 99, 'year'],
};

function readNumber(element: string, text: string, parts: Parts, following: string): string | null {
  const row = NUMBERS[element];
  if (row === undefined) return null;
  const [digits, part, least, most, name] = row;
  const found = digits.exec(text)?.[0];
  if (found === undefined) return null;
  const number = Number(found);
  if (number < least || number > most) throw new OutOfRange(name);
  const year = element === '06' ? number + (number >= 69 ? 1_900 : 2_000) : number;
  Object.assign(parts, { [part]: year });
  const rest = text.slice(found.length);
  // A fraction may follow the seconds although the layout has none.
  const unannounced = part === 'second' && !isFraction(following) ? /^[.,]\d+/.exec(rest) : null;
  if (unannounced === null) return rest;
  parts.nano = nanosOfDigits(unannounced[0].slice(1));
  return rest.slice(unannounced[0].length);
}

function nanosOfDigits(digits: string): number {
  return Number(digits.slice(0, 9).padEnd(9, '0'));
}

function readFraction(element: string, text: string, parts: Parts): string | null {
  if (element[1] === '9') {
    const found = /^[.,]\d{1,9}/.exec(text)?.[0];
    if (found === undefined) return text;
    parts.nano = nanosOfDigits(found.slice(1));
    return text.slice(found.length);
  }
  const found = new RegExp(`^[.,]\\d{${element.length - 1}}`).exec(text)?.[0];
  if (found === undefined) return null;
  parts.nano = nanosOfDigits(found.slice(1));
  return text.slice(found.length);
}

function readOffset(element: string, text: string, parts: Parts): string | null {
  if (element.startsWith('Z') && text.startsWith('Z')) {
    parts.utc = true;
    return text.slice(1);
  }
  const count = element.replaceAll(':', '').slice(1).length / 2;
  const more = `${element.includes(':') ? ':' : ''}(\\d{2})`.repeat(count - 1);
  const found = new RegExp(`^([+-])(\\d{2})${more}`).exec(text);
  if (found === null) return null;
  const [hours = 0, minutes = 0, seconds = 0] = found.slice(2).map(Number);
  if (hours > 24) throw new OutOfRange('time zone offset hour');
  if (minutes > 60) throw new OutOfRange('time zone offset minute');
  if (seconds > 60) throw new OutOfRange('time zone offset second');
  parts.offset = (found[1] === '-' ? -1 : 1) * (hours * 3_600 + minutes * 60 + seconds);
  return text.slice(found[0].length);
}

/** Three or four capitals, some zones that are named otherwise, and `GMT+3`. */
function readZoneName(text: string, parts: Parts): string | null {
  if (text.startsWith('UTC')) {
    parts.utc = true;
    return text.slice(3);
  }
  const found =
    /^(?:ChST|MeST)/.exec(text) ??
    /^GMT(?:[+-](?:2[0-3]|1\d|\d)(?!\d))?/.exec(text) ??
    /^[+-](?:2[0-3]|[01]\d|\d)(?!\d)/.exec(text) ??
    /^(?:[A-Z]{4}T(?![A-Z])|WITA(?![A-Z])|[A-Z]{3}T(?![A-Z])|[A-Z]{3}(?![A-Z]))/.exec(text);
  if (found === null) return null;
  parts.zoneName = found[0];
  return text.slice(found[0].length);
}

/** `null` when there is no such day. */
function civilOfParts(parts: Parts): Civil | null {
  const { year, minute, second, nano, afternoon, yearDay } = parts;
  let { hour, month, day } = parts;
  if (afternoon === true && hour < 12) hour += 12;
  if (afternoon === false && hour === 12) hour = 0;
  if (yearDay !== null) {
    const ofYear = Array.from({ length: 12 }, (_, index) => daysIn(year, index + 1));
    let rest = yearDay;
    const found = ofYear.findIndex((days) => rest <= days || ((rest -= days), false));
    if (yearDay < 1 || found === -1) return null;
    if ((month ?? found + 1) !== found + 1 || (day ?? rest) !== rest) return null;
    month = found + 1;
    day = rest;
  }
  month ??= 1;
  day ??= 1;
  if (day < 1 || day > daysIn(year, month)) return null;
  return { year, month, day, hour, minute, second, nano };
}

function inZone(civil: Civil, { utc, offset, zoneName }: Parts, zone: Zone, local: Zone): TimeValue {
  if (utc) return timeOf(civil, UTC);
  const shown = nanosOf(civil);
  if (offset !== null) {
    const nanos = shown - BigInt(offset) * SECOND;
    const isLocal = offsetAt(local, nanos) === offset && (zoneName === '' || abbreviationAt(local, nanos) === zoneName);
    return { kind: 'time', nanos, zone: isLocal ? local : { name: zoneName, offset } };
  }
  if (zoneName === '') return timeOf(civil, zone);
  const inLocal = timeOf(civil, local);
  if (abbreviationAt(local, inLocal.nanos) === zoneName) return inLocal;
  const guessed = /^GMT([+-]\d+)$/.exec(zoneName)?.[1];
  const invented = guessed === undefined ? 0 : Number(guessed) * 3_600;
  return { kind: 'time', nanos: shown - BigInt(invented) * SECOND, zone: { name: zoneName, offset: invented } };
}
