/** What templates and conditions of notifications can name (specification, D). */
import { toBytes } from '../core/analysis/expressions/go/byte-text.ts';
import { createBudget } from '../core/analysis/expressions/go/budget.ts';
import { funcOf, OBJECT, STRING, TIME } from '../core/analysis/expressions/go/go-type.ts';
import { mapFrom, type FuncValue, type Value } from '../core/analysis/expressions/go/value.ts';
import { fromJson } from '../core/analysis/expressions/operations/json.ts';
import { RFC3339 } from '../core/analysis/expressions/time/format-time.ts';
import { parseTime } from '../core/analysis/expressions/time/parse-time.ts';
import { LOCAL } from '../core/analysis/expressions/time/zones.ts';
import type { Json, JsonObject } from '../kube/json.ts';
import { BYTES_BY_NAME, bytesOf } from './template/values/value.ts';

export interface Subject {
  /** With its template, also where that is a workload's. */
  readonly rollout: JsonObject;
  /** Of the present revision, the newest first; `null` if there are none. */
  readonly analysisRuns: readonly JsonObject[] | null;
  /** Values by the keys of the Secret, as the bytes that they are. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** By name. All numbers of JSON are floats, as the notifications of Argo Rollouts have them. */
export function variablesOf({ rollout, analysisRuns, secrets, now }: Subject): ReadonlyMap<string, Value> {
  const budget = createBudget();
  return new Map([
    ['rollout', fromJson(rollout, budget)],
    ['analysisRuns', fromJson(analysisRuns as Json, budget)],
    ['secrets', secretsValue(secrets)],
    ['time', timeFunctions(now)],
  ]);
}

export function secretsValue(secrets: Readonly<Record<string, string>>): Value {
  return mapFrom(
    BYTES_BY_NAME,
    Object.entries(secrets).map(([name, bytes]) => [toBytes(name), bytesOf(bytes)]),
  );
}

export function timeFunctions(now: number): Value {
  return mapFrom(OBJECT, [
    ['Now', func([], () => ({ kind: 'time', nanos: BigInt(Math.trunc(now)) * 1_000_000n, zone: LOCAL }))],
    ['Parse', func([STRING], (text) => parseTime(RFC3339, typeof text === 'string' ? text : ''))],
  ]);
}

function func(params: Parameters<typeof funcOf>[0], call: (...args: readonly Value[]) => Value): FuncValue {
  return { kind: 'func', type: funcOf(params, [TIME]), call: (args) => [call(...args)] };
}
