/** Which types have methods. */
import {
  DURATION,
  LOCATION_POINTER,
  MONTH,
  STATUS_CODE,
  STATUS_CODES,
  TIME,
  WEEKDAY,
  type GoType,
} from '../go/go-type.ts';
import { list, typeOf, type FuncValue, type Value } from '../go/value.ts';
import { funcOf } from '../go/go-type.ts';
import {
  DURATION_METHODS,
  LOCATION_METHODS,
  MONTH_METHODS,
  TIME_METHODS,
  WEEKDAY_METHODS,
  type Method,
} from '../time/methods.ts';

/** As the client of CloudWatch lists them. */
const CODES = ['Complete', 'InternalError', 'PartialData', 'Forbidden'];

const STATUS_CODE_METHODS: Readonly<Record<string, Method>> = {
  Values: {
    params: [],
    results: [STATUS_CODES],
    call: () => [
      list(
        STATUS_CODES,
        CODES.map((text) => ({ kind: 'named', type: STATUS_CODE, text })),
      ),
    ],
  },
};

const METHODS: ReadonlyMap<GoType, Readonly<Record<string, Method>>> = new Map([
  [TIME, TIME_METHODS],
  [DURATION, DURATION_METHODS],
  [MONTH, MONTH_METHODS],
  [WEEKDAY, WEEKDAY_METHODS],
  [LOCATION_POINTER, LOCATION_METHODS],
  [STATUS_CODE, STATUS_CODE_METHODS],
]);

export function methodOf(type: GoType | null, name: string): Method | null {
  const methods = type === null ? undefined : METHODS.get(type);
  return methods !== undefined && Object.hasOwn(methods, name) ? (methods[name] ?? null) : null;
}

/** A method bound to its receiver; `null` if the value has none of this name. */
export function boundMethod(receiver: Value, name: string): FuncValue | null {
  const method = methodOf(typeOf(receiver), name);
  if (method === null) return null;
  return {
    kind: 'func',
    type: funcOf(method.params, method.results),
    call: (args) => method.call(receiver, ...args),
  };
}
