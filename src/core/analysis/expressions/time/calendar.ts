/** The Gregorian calendar, without zones. */
import { SECOND } from './duration.ts';

export interface Civil {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nano: number;
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** From Sunday, which is 0. */
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

const DAY_SECONDS = 86_400;
/** Days of 400 years, of 100, and of 4. */
const ERA = 146_097;

/** Days since the epoch; a month or day beyond its range counts on. */
function dayNumber(year: number, month: number, day: number): number {
  const months = year * 12 + (month - 1);
  // Years begin in March, so that the day that only leap years have is the last one.
  const shifted = months - 2;
  const marchYear = Math.floor(shifted / 12);
  const marchMonth = shifted - marchYear * 12;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA + dayOfEra - 719_468 + day - 1;
}

/** Nanoseconds since the epoch at UTC; a part beyond its range counts on. */
export function nanosOf({ year, month, day, hour, minute, second, nano }: Civil): bigint {
  const seconds = dayNumber(year, month, day) * DAY_SECONDS + hour * 3_600 + minute * 60 + second;
  return BigInt(seconds) * SECOND + BigInt(nano);
}

/** The whole seconds since the epoch. */
export function secondsOf(nanos: bigint): number {
  const rest = ((nanos % SECOND) + SECOND) % SECOND;
  return Number((nanos - rest) / SECOND);
}

/** What a clock at UTC shows. */
export function civilOf(nanos: bigint): Civil {
  const seconds = secondsOf(nanos);
  const days = Math.floor(seconds / DAY_SECONDS);
  const ofDay = seconds - days * DAY_SECONDS;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / ERA);
  const dayOfEra = shifted - era * ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
    hour: Math.floor(ofDay / 3_600),
    minute: Math.floor((ofDay % 3_600) / 60),
    second: ofDay % 60,
    nano: Number(nanos - BigInt(seconds) * SECOND),
  };
}

/** From Sunday, which is 0. */
export function weekdayOf({ year, month, day }: Civil): number {
  return (((dayNumber(year, month, day) + 4) % 7) + 7) % 7;
}

/** From 1. */
export function yearDayOf({ year, month, day }: Civil): number {
  return dayNumber(year, month, day) - dayNumber(year, 1, 1) + 1;
}

export function daysIn(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

/** Year and week of ISO 8601: weeks begin on Monday, and belong to the year of their Thursday. */
export function isoWeekOf(civil: Civil): readonly [year: number, week: number] {
  const fromMonday = (weekdayOf(civil) + 6) % 7;
  const thursday = dayNumber(civil.year, civil.month, civil.day) - fromMonday + 3;
  const { year } = civilOf(BigInt(thursday * DAY_SECONDS) * SECOND);
  return [year, Math.floor((thursday - dayNumber(year, 1, 1)) / 7) + 1];
}
