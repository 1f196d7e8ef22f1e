/** Functions of sprig on times. The local zone is UTC, as in the controller's container. */
import { fromBytes, toBytes } from '../../../core/analysis/expressions/go/byte-text.ts';
import { DURATION, INT64 } from '../../../core/analysis/expressions/go/go-type.ts';
import { ExpressionProblem } from '../../../core/analysis/expressions/go/problem.ts';
import type { TimeValue, Value } from '../../../core/analysis/expressions/go/value.ts';
import { UTC, type Zone } from '../../../core/analysis/expressions/go/zone.ts';
import { between, later } from '../../../core/analysis/expressions/time/methods.ts';
import {
  parseDuration,
  printDuration,
  roundDuration,
  SECOND,
} from '../../../core/analysis/expressions/time/duration.ts';
import { formatTime } from '../../../core/analysis/expressions/time/format-time.ts';
import { parseTime } from '../../../core/analysis/expressions/time/parse-time.ts';
import { loadZone, LOCAL } from '../../../core/analysis/expressions/time/zones.ts';
import { func, textAt, timeAt, valueAt, type Surroundings, type TemplateFunctions } from './signature.ts';

/** The first day of the year 1, which a text that is no time counts as. */
const ZERO = -62_135_596_800n * SECOND;

/** A time, or whole seconds since the epoch; of everything else the present. */
function timeOf(value: Value, { now }: Surroundings): TimeValue {
  if (typeof value === 'object' && value?.kind === 'time') return value;
  const seconds = secondsOf(value);
  return { kind: 'time', nanos: seconds === null ? now : seconds * SECOND, zone: LOCAL };
}

function secondsOf(value: Value): bigint | null {
  if (typeof value === 'bigint') return value;
  return typeof value === 'object' && value?.kind === 'whole' && value.type === INT64 ? value.number : null;
}

function orElse<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ExpressionProblem) return otherwise;
    throw error;
  }
}

function written(layout: string, time: TimeValue, zoneName: string): string {
  const zone: Zone = orElse(UTC, () => loadZone(zoneName));
  return toBytes(fromBytes(formatTime({ ...time, zone }, layout)));
}

function ago(value: Value, around: Surroundings): string {
  const now: TimeValue = { kind: 'time', nanos: around.now, zone: LOCAL };
  return printDuration(roundDuration(between(now, timeOf(value, around)), SECOND));
}

/** Of whole seconds. */
function durationText(value: Value): string {
  if (typeof value === 'string')
    return printDuration((/^[+-]?\d{1,9}$/.test(value) ? BigInt(value.replace('+', '')) : 0n) * SECOND);
  const isInt64 = typeof value === 'object' && value?.kind === 'whole' && value.type === INT64;
  return printDuration(isInt64 ? value.number * SECOND : 0n);
}

const UNITS: readonly (readonly [string, bigint])[] = [
  ['y', 365n * 86_400n * SECOND],
  ['mo', 30n * 86_400n * SECOND],
  ['d', 86_400n * SECOND],
  ['h', 3_600n * SECOND],
  ['m', 60n * SECOND],
  ['s', SECOND],
];

/** In the largest unit of which there is more than one. */
function roundedDuration(value: Value, { now }: Surroundings): string {
  const nanos =
    typeof value === 'string'
      ? orElse(0n, () => parseDuration(value))
      : typeof value === 'object' && value?.kind === 'time'
        ? between({ ...value, nanos: now }, value)
        : typeof value === 'object' && value?.kind === 'whole' && value.type !== DURATION
          ? value.number
          : 0n;
  const size = nanos < 0n ? -nanos : nanos;
  const found = UNITS.find(([, unit]) => size > unit);
  return found === undefined ? '0s' : `${size / found[1]}${found[0]}`;
}

export const TIMES: TemplateFunctions = {
  now: func([], (_, { now }) => ({ kind: 'time', nanos: now, zone: LOCAL })),
  date: func(['string', 'any'], (args, around) => written(textAt(args, 0), timeOf(valueAt(args, 1), around), 'Local')),
  dateInZone: func(['string', 'any', 'string'], (args, around) =>
    written(textAt(args, 0), timeOf(valueAt(args, 1), around), textAt(args, 2)),
  ),
  htmlDate: func(['any'], (args, around) => written('2006-01-02', timeOf(valueAt(args, 0), around), 'Local')),
  dateModify: func(['string', 'time'], (args) => {
    const time = timeAt(args, 1);
    return orElse(time, () => later(time, parseDuration(textAt(args, 0))));
  }),
  toDate: func(['string', 'string'], (args) =>
    orElse<TimeValue>({ kind: 'time', nanos: ZERO, zone: UTC }, () =>
      parseTime(textAt(args, 0), textAt(args, 1), LOCAL, LOCAL),
    ),
  ),
  unixEpoch: func(['time'], (args) => {
    const { nanos } = timeAt(args, 0);
    return String((nanos - (((nanos % SECOND) + SECOND) % SECOND)) / SECOND);
  }),
  ago: func(['any'], (args, around) => ago(valueAt(args, 0), around)),
  duration: func(['any'], (args) => durationText(valueAt(args, 0))),
  durationRound: func(['any'], (args, around) => roundedDuration(valueAt(args, 0), around)),
};
