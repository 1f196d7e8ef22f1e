/**
 * The value of a field of a Rollout, for arguments of an analysis (spec B.2). Paths below `metadata` are read as in the
 * downward API of pods; any other path is walked through the JSON of the Rollout.
 */
import type { Rollout } from '../../api/schema/rollout.ts';

export type FieldValue = { readonly value: string } | { readonly problem: string };

type Texts = Readonly<Record<string, string>>;

export function fieldValueOf(rollout: Rollout, path: string): FieldValue {
  return path.startsWith('metadata') ? metadataValue(rollout, path) : walkedValue(rollout, path);
}

const MEMBER = /^metadata\.(labels|annotations)\['(.*)'\]$/s;

function metadataValue({ metadata }: Rollout, path: string): FieldValue {
  const [, map, key = ''] = MEMBER.exec(path) ?? [];
  if (map === 'labels' || map === 'annotations') {
    const texts: Texts = metadata[map] ?? {};
    return { value: Object.hasOwn(texts, key) ? (texts[key] ?? '') : '' };
  }
  switch (path) {
    case 'metadata.name':
      return { value: metadata.name };
    case 'metadata.namespace':
      return { value: metadata.namespace ?? '' };
    case 'metadata.uid':
      return { value: metadata.uid };
    case 'metadata.labels':
      return { value: mapText(metadata.labels ?? {}) };
    case 'metadata.annotations':
      return { value: mapText(metadata.annotations ?? {}) };
    default:
      return { problem: `unsupported fieldPath: ${path}` };
  }
}

/** As the downward API writes a whole map: a line for each key, in order, its value in quotes. */
function mapText(texts: Texts): string {
  return Object.keys(texts)
    .toSorted()
    .map((key) => `${key}=${goQuoted(texts[key] ?? '')}`)
    .join('\n');
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '"': String.raw`\"`,
  '\\': String.raw`\\`,
};

/** Text in Go's quotes (strconv.Quote): what is not printable is escaped. */
function goQuoted(text: string): string {
  const escaped = text.replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const short = SHORT_ESCAPES[character];
    if (short !== undefined) return short;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${hex(code, 2)}`;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
  return `"${escaped}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

function walkedValue(rollout: Rollout, path: string): FieldValue {
  let value: unknown = rollout;
  for (const segment of path.split(/[.[\]]/).filter((part) => part !== '')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) {
      return { problem: `the Rollout has no field ${path}` };
    }
    value = (value as Readonly<Record<string, unknown>>)[segment];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? { value: String(value) }
    : { problem: `field ${path} of the Rollout is not a text, a number or a boolean` };
}
