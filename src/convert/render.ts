/** Sheets as text. */
import { Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { PlacedComment, Sheet } from './draft.ts';

const WIDTH = 100;
/** How a point begins at which a person must decide, so that it can be searched for. */
const DECIDE = 'DECIDE: ';

/** YAML with the comments at what they are about, a document for each sheet. */
export function yamlOf(sheets: readonly Sheet[]): string {
  const settings = { lineWidth: 0, blockQuote: 'literal', singleQuote: true } as const;
  return sheets.map((sheet) => documentOf(sheet).toString(settings)).join('---\n');
}

/** A List that kubectl applies. JSON has no comments. */
export function jsonOf(sheets: readonly Sheet[]): string {
  const list = { apiVersion: 'v1', kind: 'List', items: sheets.map(({ object }) => object) };
  return JSON.stringify(list, null, 2);
}

/** The comment in one line, with the place that it is about. */
export function commentLine({ object }: Sheet, { decide, path, text }: PlacedComment): string {
  const where = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  const place = `${object.kind} ${object.metadata.name}${where === '' ? '' : ` ${where.slice(1)}`}`;
  return `${decide ? DECIDE : ''}${place}: ${text}`;
}

function documentOf({ object, comments }: Sheet): Document {
  const document = new Document(object);
  for (const { path, decide, text } of comments) {
    const target = placeOf(document, path);
    const lines = wrapped(`${decide ? DECIDE : ''}${text}`).join('\n');
    const former = target.commentBefore;
    target.commentBefore = former === undefined || former === null ? lines : `${former}\n${lines}`;
  }
  return document;
}

/** The node before which a comment about the value at `path` stands: the key of a map, the item of a list. */
function placeOf(document: Document, path: readonly (string | number)[]): { commentBefore?: string | null } {
  const last = path.at(-1);
  const parent = document.getIn(path.slice(0, -1), true) as Node;
  if (last === undefined) return document.contents as Node;
  if (isSeq(parent)) return parent.items[last as number] as Node;
  if (!isMap(parent)) throw new Error(`no map at ${path.join('.')}`);
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
  if (pair === undefined) throw new Error(`nothing at ${path.join('.')}`);
  return pair.key as Node;
}

function wrapped(text: string): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + 1 + word.length > WIDTH && line !== '') lines.push(` ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
