/**
 * The objects in the text of a file: YAML or JSON, several documents, and Lists. Each object knows where its fields
 * stand.
 */
import { LineCounter, parseAllDocuments, type Document, type Node } from 'yaml';
import type { Json, JsonObject } from '../../kube/json.ts';
import { childAt, offsetOf, startOf, type FieldPath } from './places.ts';

export interface Place {
  readonly file: string;
  /** From 1 on, as editors count. */
  readonly line: number;
  readonly column: number;
}

/** What a person wrote about one object. */
export interface WrittenObject {
  readonly json: JsonObject;
  readonly apiVersion: string;
  readonly kind: string;
  /** '' when the object does not say. */
  readonly namespace: string;
  readonly name: string;
  /** Where a field stands; of a field that is not there, the nearest one around it. */
  readonly placeOf: (path: FieldPath) => Place;
  /** Keys that stand twice in one map, each with the place of the second one. */
  readonly repeated: readonly RepeatedKey[];
  /** The file of a chart that it was rendered from, as Helm notes it; '' when nothing is noted. */
  readonly origin: string;
}

interface RepeatedKey {
  readonly key: string;
  readonly place: Place;
}

interface Unreadable {
  readonly place: Place;
  /** A sentence without a full stop. */
  readonly problem: string;
}

export interface ReadText {
  readonly objects: readonly WrittenObject[];
  readonly unreadable: readonly Unreadable[];
}

/** The API's tools read YAML 1.1, in which these words are true and false, and `<<` merges maps. */
const WORDS_FOR_TRUTH = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text: string) => /^(?:yes|on)$/i.test(text),
} as const;

/** Reported in words of its own; the document can be read all the same. */
const DUPLICATE_KEY = 'DUPLICATE_KEY';

/** Far more than people write, and far less than would fill the memory. */
const MOST_ALIASES = 10_000;

interface Reading {
  readonly document: Document;
  readonly placeAt: (offset: number) => Place;
  readonly text: string;
  readonly origin: string;
}

/** What is no Kubernetes object is left out. */
export function readText(file: string, text: string): ReadText {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    customTags: (tags) => [WORDS_FOR_TRUTH, ...tags],
    prettyErrors: false,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const objects: WrittenObject[] = [];
  const unreadable: Unreadable[] = [];
  // Of an empty text the package returns another type, without documents.
  for (const [index, document] of (Array.isArray(documents) ? documents : []).entries()) {
    const origin = originOf(text, document, documents[index - 1]);
    const problem = document.errors.find(({ code }) => code !== DUPLICATE_KEY);
    if (problem !== undefined) {
      unreadable.push({ place: placeAt(problem.pos[0]), problem: `cannot be read: ${problem.message}` });
    } else if (document.contents !== null) {
      const json = document.toJS({ maxAliasCount: MOST_ALIASES }) as Json;
      objects.push(...objectsIn({ document, placeAt, text, origin }, document.contents, json));
    }
  }
  return { objects, unreadable };
}

/** Helm writes it above what it renders. */
function originOf(text: string, { contents }: Document, previous: Document | undefined): string {
  const above = text.slice(previous?.range?.[2] ?? 0, contents?.range?.[0] ?? 0);
  return /^# Source: (.+)$/m.exec(above)?.[1]?.trim() ?? '';
}

function objectsIn(reading: Reading, node: Node, json: Json | undefined): readonly WrittenObject[] {
  if (!isObject(json)) return [];
  const { apiVersion, kind, metadata, items } = json;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  if (kind.endsWith('List') && Array.isArray(items)) {
    const list = childAt(reading.document, node, 'items')?.value ?? null;
    return (items as readonly Json[]).flatMap((item, index) => {
      const child = list === null ? null : (childAt(reading.document, list, index)?.value ?? null);
      return child === null ? [] : objectsIn(reading, child, item);
    });
  }
  const { name, namespace } = isObject(metadata) ? metadata : {};
  const { document, placeAt, origin } = reading;
  return [
    {
      json,
      apiVersion,
      kind,
      namespace: typeof namespace === 'string' ? namespace : '',
      name: typeof name === 'string' ? name : '',
      placeOf: (path) => placeAt(offsetOf(document, node, path)),
      repeated: repeatedKeysIn(reading, node),
      origin,
    },
  ];
}

function repeatedKeysIn({ document, placeAt, text }: Reading, node: Node): readonly RepeatedKey[] {
  const [start, end] = [startOf(node), node.range?.[1] ?? 0];
  return document.errors
    .filter(({ code, pos }) => code === DUPLICATE_KEY && pos[0] >= start && pos[0] <= end)
    .map(({ pos: [at] }) => ({ key: /^["']?([^"':\s]*)/.exec(text.slice(at))?.[1] ?? '', place: placeAt(at) }));
}

export function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
