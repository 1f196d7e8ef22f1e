/** A measured value as a value of expressions. */
import type { MetricValue, RecordValue, StructField } from '../metric-value.ts';
import { toBytes } from './go/byte-text.ts';
import type { Budget } from './go/budget.ts';
import {
  ANYS,
  FLOATS,
  METRIC_DATA_RESULT,
  METRIC_DATA_RESULTS,
  STATUS_CODE,
  TEXT_POINTER,
  TIMES,
} from './go/go-type.ts';
import { INT64 } from './go/go-type.ts';
import { list, whole, zeroOf, type TimeValue, type Value } from './go/value.ts';
import { UTC } from './go/zone.ts';
import { fromJson } from './operations/json.ts';

/** Throws for JSON that is nested too deeply. */
export function resultValue(result: MetricValue, budget: Budget): Value {
  switch (result.type) {
    case 'nil':
      return null;
    case 'int':
      return BigInt(Math.trunc(result.value));
    case 'float':
      return result.value;
    case 'floats':
      return list(FLOATS, result.values);
    case 'text':
      return toBytes(result.value);
    case 'json':
      return fromJson(result.value, budget);
    case 'records':
      return list(ANYS, result.values.map(recordValue));
    case 'structs':
      return list(METRIC_DATA_RESULTS, result.values.map(structValue));
  }
}

function recordValue(value: RecordValue): Value {
  if (typeof value === 'string') return toBytes(value);
  if (typeof value === 'bigint') return whole(INT64, value);
  return value instanceof Date ? timeValue(value) : value;
}

function timeValue(date: Date): TimeValue {
  return { kind: 'time', nanos: BigInt(date.getTime()) * 1_000_000n, zone: UTC };
}

/** Fields that the struct does not have are left out, and those that are not given have their zero value. */
function structValue(fields: Readonly<Record<string, StructField>>): Value {
  const known = [...(METRIC_DATA_RESULT.fields ?? [])];
  return {
    kind: 'struct',
    type: METRIC_DATA_RESULT,
    fields: new Map(
      known.map(([name, type]) => {
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
        return [name, field === undefined ? zeroOf(type) : fieldValue(field)];
      }),
    ),
  };
}

function fieldValue(field: StructField): Value {
  switch (field.type) {
    case 'named':
      return { kind: 'named', type: STATUS_CODE, text: toBytes(field.value ?? '') };
    case 'text':
      return { kind: 'pointer', type: TEXT_POINTER, target: field.value === null ? null : toBytes(field.value) };
    case 'floats':
      return list(FLOATS, field.values);
    case 'times':
      return list(TIMES, field.values.map(timeValue));
  }
}
