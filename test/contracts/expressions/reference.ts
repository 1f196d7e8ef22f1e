/** Asks the real expression library, as argo-rollouts compiles and runs conditions with it. */
import type { MetricValue, RecordValue, StructField } from '../../../src/core/analysis/metric-value.ts';
import { findOrBuildExpr } from '../../testbed/cluster/expr-binary.ts';
import { realProgram } from '../real-program.ts';

export interface Question {
  readonly expression: string;
  /** Without a result the expression is one of a time. */
  readonly result?: MetricValue;
}

/** A value, or the stage in which a problem arose: in compiling, in running, or for the type of the outcome. */
export interface Answer {
  readonly value?: boolean | number;
  readonly stage?: 'compile' | 'run' | 'type';
  readonly message?: string;
  /** The message with its place and the snippet. */
  readonly full?: string;
}

export type Reference = (questions: readonly Question[]) => Promise<readonly Answer[]>;

/** The library behind a function, or `null` where there is no Go to build it with. */
export async function findReference(): Promise<Reference | null> {
  const ask = await realProgram<Answer>(findOrBuildExpr);
  return ask === null ? null : (questions) => ask(questions.map(asked));
}

function asked({ expression, result }: Question): unknown {
  return { expression, ...(result === undefined ? {} : { result: typed(result) }) };
}

/** A measured value as the reference reads it: numbers are texts, so that NaN and infinities arrive. */
function typed(result: MetricValue): unknown {
  switch (result.type) {
    case 'nil':
      return { type: 'nil' };
    case 'int':
    case 'float':
      return { type: result.type, number: numberText(result.value) };
    case 'floats':
      return { type: 'floats', numbers: result.values.map(numberText) };
    case 'text':
      return { type: 'text', text: result.value };
    case 'json':
      return { type: 'json', json: result.value };
    case 'records':
      return { type: 'records', records: result.values.map(typedRecord) };
    case 'structs':
      return { type: 'structs', structs: result.values.map(typedStruct) };
  }
}

function numberText(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number);
}

function typedRecord(value: RecordValue): unknown {
  if (value === null) return { type: 'nil' };
  if (value instanceof Date) return { type: 'time', text: value.toISOString() };
  switch (typeof value) {
    case 'boolean':
      return { type: 'bool', text: String(value) };
    case 'bigint':
      return { type: 'int64', number: String(value) };
    case 'number':
      return { type: 'float', number: numberText(value) };
    default:
      return { type: 'text', text: value };
  }
}

function typedStruct(fields: Readonly<Record<string, StructField>>): unknown {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      if (field.type === 'floats') return [name, field.values.map(numberText)];
      if (field.type === 'times') return [name, field.values.map((date) => date.toISOString())];
      return [name, field.value];
    }),
  );
}
