/**
 * The annotated CSV in which InfluxDB answers Flux queries: tables one after the other, each with rows of annotations
 * and a header. Only the column of values is read, with its type.
 */
import type { RecordValue } from '../../core/analysis/metric-value.ts';

export interface InfluxRecord {
  readonly value: RecordValue;
  /** The value as the server wrote it. */
  readonly raw: string;
  /** Such as `double`; empty for a value that is not there. */
  readonly datatype: string;
}

interface Table {
  readonly datatypes: readonly string[];
  readonly defaults: readonly string[];
  /** `null` until the header is read. */
  readonly header: readonly string[] | null;
}

const NO_TABLE: Table = { datatypes: [], defaults: [], header: null };

/** Every record in order. Throws for a table of errors with what it says. */
export function recordsOf(csv: string): readonly InfluxRecord[] {
  const records: InfluxRecord[] = [];
  let table = NO_TABLE;
  for (const row of rowsOf(csv)) {
    const [annotation = ''] = row;
    // A row of annotations after records begins the next table.
    if (annotation.startsWith('#')) table = annotated(table.header === null ? table : NO_TABLE, annotation, row);
    else if (row.length === 1 && annotation === '') table = NO_TABLE;
    else if (table.header === null) table = { ...table, header: headerOf(table, row) };
    else records.push(recordOf(table, table.header, row));
  }
  return records;
}

/** Throws for what has no types: no query is answered so, but a page of a proxy may look like it. */
function headerOf({ datatypes }: Table, row: readonly string[]): readonly string[] {
  if (datatypes.length === 0 && !isOfErrors(row)) throw new Error('the answer is not annotated CSV');
  return row;
}

function isOfErrors(header: readonly string[]): boolean {
  return header.includes('error') && header.includes('reference');
}

function annotated(table: Table, annotation: string, row: readonly string[]): Table {
  if (annotation === '#datatype') return { ...table, datatypes: row };
  return annotation === '#default' ? { ...table, defaults: row } : table;
}

function recordOf({ datatypes, defaults }: Table, header: readonly string[], row: readonly string[]): InfluxRecord {
  if (isOfErrors(header)) throw new Error(row[header.indexOf('error')] || 'the query failed');
  const column = header.indexOf('_value');
  if (column === -1) return { value: null, raw: '', datatype: '' };
  const datatype = datatypes[column] ?? '';
  const raw = row[column] || (defaults[column] ?? '');
  return { value: valueOf(raw, datatype), raw, datatype };
}

function valueOf(raw: string, datatype: string): RecordValue {
  if (raw === '') return null;
  switch (datatype) {
    case 'string':
    case 'duration':
    case 'base64Binary':
      return raw;
    case 'double':
      return doubleOf(raw);
    case 'long':
    case 'unsignedLong':
      if (!/^-?\d+$/.test(raw)) break;
      return BigInt(raw);
    case 'boolean':
      return raw === 'true';
    case 'dateTime:RFC3339':
    case 'dateTime:RFC3339Nano':
      if (Number.isNaN(Date.parse(raw))) break;
      return new Date(raw);
    default:
      break;
  }
  throw new Error(`a value of type ${datatype || 'unknown'} cannot be read`);
}

const NAMED: Readonly<Record<string, number>> = { NaN, '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity };

function doubleOf(raw: string): number {
  const value = NAMED[raw] ?? Number(raw);
  if (Number.isNaN(value) && raw !== 'NaN') throw new Error('a value of type double cannot be read');
  return value;
}

/** The rows of RFC 4180: fields may be quoted, and then hold commas, line breaks and doubled quotes. */
function* rowsOf(csv: string): Generator<readonly string[]> {
  const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  let row: string[] = [];
  while (FIELD.lastIndex < csv.length) {
    const match = FIELD.exec(csv);
    if (match === null) throw new Error('the answer is not CSV');
    const [, quoted, plain = '', end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') {
      yield row;
      row = [];
    } else if (FIELD.lastIndex === csv.length) {
      yield [...row, ''];
      row = [];
    }
  }
}
