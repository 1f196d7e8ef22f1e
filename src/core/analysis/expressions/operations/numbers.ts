/** Values as plain numbers. Those with a type of their own, such as durations, are none. */
import { DURATION, isInteger } from '../go/go-type.ts';
import { cutToInteger } from '../go/integers.ts';
import { failure } from '../go/failure.ts';
import { typeName, type Value } from '../go/value.ts';

/** A bigint for every kind of whole number, a number for a float. */
export function plainNumber(value: Value): bigint | number | null {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value === 'object' && value?.kind === 'whole' && isInteger(value.type)) return value.number;
  return null;
}

export function durationOf(value: Value): bigint | null {
  return typeof value === 'object' && value?.kind === 'whole' && value.type === DURATION ? value.number : null;
}

/** Any number as an int; a float is cut. */
export function toInt(value: Value): bigint {
  const number = plainNumber(value);
  if (number === null) throw failure(`invalid operation: int(${typeName(value)})`, value);
  return typeof number === 'number' ? cutToInteger(number) : number;
}

export function toFloat(value: Value): number {
  const number = plainNumber(value);
  if (number === null) throw failure(`invalid operation: float(${typeName(value)})`, value);
  return Number(number);
}
