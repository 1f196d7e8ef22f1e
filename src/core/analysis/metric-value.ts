/**
 * What a provider has measured, with the type that it has in Go: conditions are checked against that type, so a list of
 * floats and a decoded JSON list are two different things (spec B.4, G-41).
 */
import type { Json } from '../../kube/json.ts';

export type MetricValue =
  /** No data: an untyped nil. */
  | { readonly type: 'nil' }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  /** `[]float64`, such as the samples of a vector. */
  | { readonly type: 'floats'; readonly values: readonly number[] }
  | { readonly type: 'text'; readonly value: string }
  /** Decoded JSON (`any`): its numbers are floats, and the types of its members are seen when it is evaluated. */
  | { readonly type: 'json'; readonly value: Json }
  /** `[]any`, such as the records of InfluxDB: an integer is a bigint, a time a Date. */
  | { readonly type: 'records'; readonly values: readonly RecordValue[] }
  /** A list of structs (CloudWatch): members that a struct does not have do not compile. */
  | { readonly type: 'structs'; readonly values: readonly Readonly<Record<string, StructField>>[] };

export type RecordValue = null | boolean | bigint | number | string | Date;

/** `named` is a string type of its own, which compares with no other string. */
export type StructField =
  | { readonly type: 'text' | 'named'; readonly value: string | null }
  | { readonly type: 'floats'; readonly values: readonly number[] }
  | { readonly type: 'times'; readonly values: readonly Date[] };

export const NO_DATA: MetricValue = { type: 'nil' };
