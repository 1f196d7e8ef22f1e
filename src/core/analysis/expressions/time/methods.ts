/** The methods of times, durations, months, weekdays and zones, with their types in Go. */
import {
  BOOL,
  DURATION,
  FLOAT64,
  INT,
  INT64,
  LOCATION_POINTER,
  MONTH,
  STRING,
  TIME,
  WEEKDAY,
  type GoType,
} from '../go/go-type.ts';
import { LEAST, MOST, wrapped } from '../go/integers.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { whole, type LocationValue, type TimeValue, type Value, type WholeNumber } from '../go/value.ts';
import { toBytes } from '../go/byte-text.ts';
import { UTC } from '../go/zone.ts';
import { isoWeekOf, MONTHS, WEEKDAYS, weekdayOf, yearDayOf, type Civil } from './calendar.ts';
import { printDuration, roundDuration, SECOND } from './duration.ts';
import { formatTime, printTime } from './format-time.ts';
import { abbreviationAt, clockOf, LOCAL, offsetAt, timeOf } from './zones.ts';

export interface Method {
  readonly params: readonly GoType[];
  readonly results: readonly GoType[];
  /** Only where the arguments have these types. */
  readonly call: (receiver: Value, ...args: readonly Value[]) => readonly Value[];
}

type Methods = Readonly<Record<string, Method>>;

const int = (number: number): Value => BigInt(number);
const asTime = (value: Value): TimeValue => value as TimeValue;
const numberOf = (value: Value): bigint => (typeof value === 'bigint' ? value : (value as WholeNumber).number);
const duration = (nanos: bigint): Value => whole(DURATION, nanos);

/** The distance of two times, which is at most what fits into a duration. */
export function between(time: TimeValue, earlier: TimeValue): bigint {
  const nanos = time.nanos - earlier.nanos;
  if (nanos > MOST) return MOST;
  return nanos < LEAST ? LEAST : nanos;
}

export function later(time: TimeValue, nanos: bigint): TimeValue {
  return { ...time, nanos: time.nanos + nanos };
}

/** What is read off the clock. */
function shown(results: readonly GoType[], read: (civil: Civil) => readonly Value[]): Method {
  return { params: [], results, call: (time) => read(clockOf(asTime(time))) };
}

/** A number since the epoch. */
function since(unit: bigint): Method {
  return {
    params: [],
    results: [INT64],
    call: (time) => {
      const { nanos } = asTime(time);
      const rest = ((nanos % unit) + unit) % unit;
      return [whole(INT64, wrapped((nanos - rest) / unit))];
    },
  };
}

function compared(holds: (difference: bigint) => boolean): Method {
  return {
    params: [TIME],
    results: [BOOL],
    call: (time, other) => [holds(asTime(time).nanos - asTime(other ?? null).nanos)],
  };
}

function moved(to: (time: TimeValue) => TimeValue): Method {
  return { params: [], results: [TIME], call: (time) => [to(asTime(time))] };
}

/** Since year 1, as Go rounds and truncates times. */
const SINCE_YEAR_ONE = 62_135_596_800n * SECOND;

function toUnit(round: boolean): Method {
  return {
    params: [DURATION],
    results: [TIME],
    call: (time, unitValue) => {
      const unit = numberOf(unitValue ?? null);
      const { nanos, zone } = asTime(time);
      if (unit <= 0n) return [asTime(time)];
      const rest = (((nanos + SINCE_YEAR_ONE) % unit) + unit) % unit;
      const up = round && rest * 2n >= unit ? unit : 0n;
      return [{ kind: 'time', nanos: nanos - rest + up, zone }];
    },
  };
}

function addDate(time: Value, years: Value = 0n, months: Value = 0n, days: Value = 0n): readonly Value[] {
  const civil = clockOf(asTime(time));
  const [year, month, day] = [years, months, days].map((value) => Number(numberOf(value)));
  const moved: Civil = {
    ...civil,
    year: civil.year + (year ?? 0),
    month: civil.month + (month ?? 0),
    day: civil.day + (day ?? 0),
  };
  if (!Number.isSafeInteger(moved.year * 400 + moved.month * 40 + moved.day)) {
    throw new ExpressionProblem('the date is too far away');
  }
  return [timeOf(moved, asTime(time).zone)];
}

function inZone(time: Value, zone: Value): readonly Value[] {
  if (zone === null || (zone as { kind: string }).kind !== 'location') {
    throw new ExpressionProblem('time: missing Location in call to Time.In');
  }
  return [{ ...asTime(time), zone: (zone as LocationValue).zone }];
}

export const TIME_METHODS: Methods = {
  Add: { params: [DURATION], results: [TIME], call: (time, by) => [later(asTime(time), numberOf(by ?? null))] },
  AddDate: { params: [INT, INT, INT], results: [TIME], call: addDate },
  After: compared((difference) => difference > 0n),
  Before: compared((difference) => difference < 0n),
  Clock: shown([INT, INT, INT], ({ hour, minute, second }) => [hour, minute, second].map(int)),
  Compare: {
    params: [TIME],
    results: [INT],
    call: (time, other) => {
      const difference = asTime(time).nanos - asTime(other ?? null).nanos;
      return [difference === 0n ? 0n : difference > 0n ? 1n : -1n];
    },
  },
  Date: shown([INT, MONTH, INT], ({ year, month, day }) => [int(year), whole(MONTH, BigInt(month)), int(day)]),
  Day: shown([INT], ({ day }) => [int(day)]),
  Equal: compared((difference) => difference === 0n),
  Format: {
    params: [STRING],
    results: [STRING],
    call: (time, layout) => [formatTime(asTime(time), typeof layout === 'string' ? layout : '')],
  },
  Hour: shown([INT], ({ hour }) => [int(hour)]),
  ISOWeek: shown([INT, INT], (civil) => isoWeekOf(civil).map(int)),
  In: { params: [LOCATION_POINTER], results: [TIME], call: (time, zone = null) => inZone(time, zone) },
  IsDST: {
    params: [],
    results: [BOOL],
    call: (value) => {
      const { nanos, zone } = asTime(value);
      const { year } = clockOf(asTime(value));
      const standard = [1, 7].map((month) =>
        offsetAt(zone, timeOf({ year, month, day: 1, hour: 0, minute: 0, second: 0, nano: 0 }, zone).nanos),
      );
      return [offsetAt(zone, nanos) > Math.min(...standard)];
    },
  },
  IsZero: { params: [], results: [BOOL], call: (time) => [asTime(time).nanos === -SINCE_YEAR_ONE] },
  Local: moved((time) => ({ ...time, zone: LOCAL })),
  Location: {
    params: [],
    results: [LOCATION_POINTER],
    call: (time) => [{ kind: 'location', zone: asTime(time).zone }],
  },
  Minute: shown([INT], ({ minute }) => [int(minute)]),
  Month: shown([MONTH], ({ month }) => [whole(MONTH, BigInt(month))]),
  Nanosecond: shown([INT], ({ nano }) => [int(nano)]),
  Round: toUnit(true),
  Second: shown([INT], ({ second }) => [int(second)]),
  String: { params: [], results: [STRING], call: (time) => [printTime(asTime(time))] },
  Sub: {
    params: [TIME],
    results: [DURATION],
    call: (time, other) => [duration(between(asTime(time), asTime(other ?? null)))],
  },
  Truncate: toUnit(false),
  UTC: moved((time) => ({ ...time, zone: UTC })),
  Unix: since(SECOND),
  UnixMicro: since(1_000n),
  UnixMilli: since(1_000_000n),
  UnixNano: since(1n),
  Weekday: shown([WEEKDAY], (civil) => [whole(WEEKDAY, BigInt(weekdayOf(civil)))]),
  Year: shown([INT], ({ year }) => [int(year)]),
  YearDay: shown([INT], (civil) => [int(yearDayOf(civil))]),
  Zone: {
    params: [],
    results: [STRING, INT],
    call: (value) => {
      const { nanos, zone } = asTime(value);
      return [toBytes(abbreviationAt(zone, nanos)), int(offsetAt(zone, nanos))];
    },
  },
};

const inUnit = (unit: bigint): Method => ({
  params: [],
  results: [FLOAT64],
  call: (value) => {
    const nanos = numberOf(value);
    return [Number(nanos / unit) + Number(nanos % unit) / Number(unit)];
  },
});

const wholeUnits = (unit: bigint): Method => ({
  params: [],
  results: [INT64],
  call: (value) => [whole(INT64, numberOf(value) / unit)],
});

export const DURATION_METHODS: Methods = {
  Abs: {
    params: [],
    results: [DURATION],
    call: (value) => {
      const nanos = numberOf(value);
      return [duration(nanos === LEAST ? MOST : nanos < 0n ? -nanos : nanos)];
    },
  },
  Hours: inUnit(3_600n * SECOND),
  Microseconds: wholeUnits(1_000n),
  Milliseconds: wholeUnits(1_000_000n),
  Minutes: inUnit(60n * SECOND),
  Nanoseconds: wholeUnits(1n),
  Round: {
    params: [DURATION],
    results: [DURATION],
    call: (value, unit) => [duration(roundDuration(numberOf(value), numberOf(unit ?? null)))],
  },
  Seconds: inUnit(SECOND),
  String: { params: [], results: [STRING], call: (value) => [printDuration(numberOf(value))] },
  Truncate: {
    params: [DURATION],
    results: [DURATION],
    call: (value, unitValue) => {
      const [nanos, unit] = [numberOf(value), numberOf(unitValue ?? null)];
      return [duration(unit <= 0n ? nanos : nanos - (nanos % unit))];
    },
  },
};

/** As a month or weekday is printed; one beyond the names by its number. */
export function nameOf(names: readonly string[], first: bigint, kind: string, number: bigint): string {
  return names[Number(number - first)] ?? `%!${kind}(${number})`;
}

const named = (print: (number: bigint) => string): Methods => ({
  String: { params: [], results: [STRING], call: (value) => [print(numberOf(value))] },
});

export const MONTH_METHODS = named((number) => nameOf(MONTHS, 1n, 'Month', number));
export const WEEKDAY_METHODS = named((number) => nameOf(WEEKDAYS, 0n, 'Weekday', number));

export const LOCATION_METHODS: Methods = {
  String: { params: [], results: [STRING], call: (value) => [(value as LocationValue).zone.name] },
};
