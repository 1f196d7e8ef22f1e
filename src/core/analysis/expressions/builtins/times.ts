/** Builtins that make times, durations and time zones. */
import { DURATION, LOCATION_POINTER, STRING, TIME } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { fromBytes } from '../go/byte-text.ts';
import { whole, type Value } from '../go/value.ts';
import type { Zone } from '../go/zone.ts';
import { parseDuration } from '../time/duration.ts';
import { RFC3339 } from '../time/format-time.ts';
import { parseTime } from '../time/parse-time.ts';
import { loadZone, LOCAL } from '../time/zones.ts';
import { form, textAt, type ArgumentTypes, type Builtins, type Surroundings } from './builtin.ts';

/** What a date without a layout may look like, in the order in which they are tried. */
const LAYOUTS = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  RFC3339,
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
];

/** Steps for a date that is read. */
const PARSING = 100;

function zoneOf(value: Value | undefined): Zone | null {
  return typeof value === 'object' && value?.kind === 'location' ? value.zone : null;
}

function withoutZone(args: ArgumentTypes): ArgumentTypes {
  return args[0] === LOCATION_POINTER ? args.slice(1) : args;
}

/** A date, a layout and the name of a zone, after a zone that may come first. */
function date(args: readonly Value[], { budget }: Surroundings): Value {
  budget.spend(PARSING);
  for (const arg of args) if (typeof arg === 'string') budget.spend(arg.length);
  const zone = zoneOf(args[0]);
  const rest = zone === null ? args : args.slice(1);
  const text = textAt(rest, 0);
  const read = (layout: string, inZone: Zone | null): Value =>
    inZone === null ? parseTime(layout, text) : parseTime(layout, text, inZone, inZone);
  if (rest.length === 2) return read(textAt(rest, 1), zone);
  if (rest.length === 3) return read(textAt(rest, 1), loadZone(textAt(rest, 2)));
  for (const layout of LAYOUTS) {
    try {
      return read(layout, zone);
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
    }
  }
  throw new ExpressionProblem(`invalid date ${fromBytes(text)}`);
}

function now(args: readonly Value[], { now: nanos }: Surroundings): Value {
  return { kind: 'time', nanos, zone: zoneOf(args[0]) ?? LOCAL };
}

export const TIME_BUILTINS: Builtins = {
  now: {
    check: (args) => {
      const rest = withoutZone(args);
      if (rest.length === 0) return TIME;
      throw new ExpressionProblem(`invalid number of arguments (expected 0, got ${args.length})`);
    },
    run: now,
  },
  duration: {
    signatures: [form([STRING], DURATION)],
    run: (args, { budget }) => {
      const text = textAt(args, 0);
      budget.spend(text.length);
      return whole(DURATION, parseDuration(text));
    },
  },
  date: {
    check: (args) => {
      if (args.length === 0) throw new ExpressionProblem('invalid number of arguments (expected at least 1, got 0)');
      const rest = withoutZone(args);
      if (rest.length <= 3) return TIME;
      throw new ExpressionProblem(`invalid number of arguments (expected at most 3, got ${rest.length})`);
    },
    run: date,
  },
  timezone: {
    signatures: [form([STRING], LOCATION_POINTER)],
    run: (args) => ({ kind: 'location', zone: loadZone(textAt(args, 0)) }),
  },
};
