/** Times as text, by a layout of Go. */
import type { TimeValue } from '../go/value.ts';
import { MONTHS, WEEKDAYS, weekdayOf, yearDayOf, type Civil } from './calendar.ts';
import { elementsOf, isFraction } from './layout.ts';
import { abbreviationAt, clockOf, offsetAt } from './zones.ts';

export const RFC3339 = '2006-01-02T15:04:05Z07:00';
export const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';
/** As a time is printed. */
const PRINTED = '2006-01-02 15:04:05.999999999 -0700 MST';

export function formatTime(time: TimeValue, layout: string): string {
  const civil = clockOf(time);
  const write = (element: string): string =>
    isFraction(element)
      ? fraction(civil.nano, element)
      : (ofDate(civil, element) ?? ofClock(civil, element) ?? ofZone(time, element));
  return elementsOf(layout)
    .map(({ before, element }) => before + write(element))
    .join('');
}

export function printTime(time: TimeValue): string {
  return formatTime(time, PRINTED);
}

function padded(number: number, width: number, filler = '0'): string {
  const text = String(Math.abs(number)).padStart(width, filler);
  return number < 0 ? `-${text}` : text;
}

function ofDate(civil: Civil, element: string): string | null {
  const { year, month, day } = civil;
  switch (element) {
    case '2006':
      return padded(year, 4);
    case '06':
      return padded(((year % 100) + 100) % 100, 2);
    case 'January':
      return MONTHS[month - 1] ?? '';
    case 'Jan':
      return MONTHS[month - 1]?.slice(0, 3) ?? '';
    case '1':
      return String(month);
    case '01':
      return padded(month, 2);
    case 'Monday':
      return WEEKDAYS[weekdayOf(civil)] ?? '';
    case 'Mon':
      return WEEKDAYS[weekdayOf(civil)]?.slice(0, 3) ?? '';
    case '2':
      return String(day);
    case '_2':
      return padded(day, 2, ' ');
    case '02':
      return padded(day, 2);
    case '__2':
      return padded(yearDayOf(civil), 3, ' ');
    case '002':
      return padded(yearDayOf(civil), 3);
    default:
      return null;
  }
}

function ofClock({ hour, minute, second }: Civil, element: string): string | null {
  const ofTwelve = hour % 12 === 0 ? 12 : hour % 12;
  switch (element) {
    case '15':
      return padded(hour, 2);
    case '3':
      return String(ofTwelve);
    case '03':
      return padded(ofTwelve, 2);
    case '4':
      return String(minute);
    case '04':
      return padded(minute, 2);
    case '5':
      return String(second);
    case '05':
      return padded(second, 2);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    default:
      return null;
  }
}

function ofZone(time: TimeValue, element: string): string {
  if (element === '') return '';
  const offset = offsetAt(time.zone, time.nanos);
  if (element === 'MST') return abbreviationAt(time.zone, time.nanos) || numericZone(offset, '-0700');
  if (element.startsWith('Z') && offset === 0) return 'Z';
  return numericZone(offset, element);
}

function numericZone(offset: number, element: string): string {
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3_600), Math.floor((size % 3_600) / 60), size % 60];
  const separator = element.includes(':') ? ':' : '';
  const count = element.replaceAll(':', '').slice(1).length / 2;
  return (
    (offset < 0 ? '-' : '+') +
    parts
      .slice(0, count)
      .map((part) => padded(part, 2))
      .join(separator)
  );
}

/** Zeros keep all digits, nines leave out zeros at the end. */
function fraction(nano: number, element: string): string {
  const digits = padded(nano, 9).slice(0, element.length - 1);
  if (element[1] === '0') return element.slice(0, 1) + digits.padEnd(element.length - 1, '0');
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : element.slice(0, 1) + trimmed;
}
