/** Options of commands: a table of them, and the type of what people give. Values are spelled as Go reads them. */
import { goDurationSeconds } from '../kube/duration.ts';
import { UsageError } from './errors.ts';

interface Base {
  /** A single letter. */
  readonly letter?: string;
  readonly help: string;
  /** The value is the path of a file or a folder, which shells complete. */
  readonly isPath?: boolean;
  /** Still accepted, not shown. */
  readonly hidden?: boolean;
}

export type Option = Base &
  (
    | { readonly kind: 'switch'; readonly default?: boolean }
    | { readonly kind: 'text'; readonly default?: string; readonly choices?: readonly string[] }
    | { readonly kind: 'count'; readonly default?: number }
    /** A duration of Go, in milliseconds here. */
    | { readonly kind: 'duration'; readonly default?: number }
    /** May be given several times. */
    | { readonly kind: 'list' }
  );

/** By name, without dashes. */
export type OptionTable = Readonly<Record<string, Option>>;

type Value<O extends Option> = O extends { kind: 'switch' }
  ? boolean
  : O extends { kind: 'list' }
    ? readonly string[]
    : O extends { kind: 'text' }
      ? string
      : number;

/** Options that are not given have their default; without one: false, '', 0 or an empty list. */
export type OptionValues<Table extends OptionTable> = { readonly [Name in keyof Table]: Value<Table[Name]> };

const TRUTHY = ['1', 't', 'T', 'true', 'True', 'TRUE'];
const FALSY = ['0', 'f', 'F', 'false', 'False', 'FALSE'];

/** Reads one spelling. Throws a UsageError that names the option. */
export function readOption(name: string, option: Option, text: string): boolean | string | number {
  switch (option.kind) {
    case 'switch':
      if (TRUTHY.includes(text)) return true;
      if (FALSY.includes(text)) return false;
      throw wrong(name, text, 'true or false');
    case 'count':
      if (/^\d+$/.test(text)) return Number(text);
      throw wrong(name, text, 'a whole number');
    case 'duration': {
      const seconds = goDurationSeconds(text);
      if (seconds !== null && seconds >= 0) return seconds * 1000;
      throw wrong(name, text, 'a duration such as 15s or 1m30s');
    }
    case 'text':
      if (option.choices === undefined || option.choices.includes(text)) return text;
      throw wrong(name, text, `one of ${option.choices.join(', ')}`);
    case 'list':
      return text;
  }
}

/** Of every option of a table. */
export function defaultsOf<Table extends OptionTable>(table: Table): OptionValues<Table> {
  const entries = Object.entries(table).map(([name, option]) => [name, defaultOf(option)]);
  return Object.fromEntries(entries) as OptionValues<Table>;
}

export function defaultOf(option: Option): boolean | string | number | readonly string[] {
  switch (option.kind) {
    case 'switch':
      return option.default ?? false;
    case 'count':
    case 'duration':
      return option.default ?? 0;
    case 'text':
      return option.default ?? '';
    case 'list':
      return [];
  }
}

function wrong(name: string, text: string, what: string): UsageError {
  return new UsageError(`--${name} must be ${what}, not ${JSON.stringify(text)}`);
}
