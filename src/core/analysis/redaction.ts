/**
 * Hides the values of secrets in text that is stored or shown (spec B.2, G-40).
 */

export type Redact = (text: string) => string;

/** What stands in the place of a secret. */
export const MASK = '*****';

/**
 * A shorter secret is hidden only where it stands alone, not inside a word or a number: otherwise a secret such as `1`
 * would make every text unreadable, and its gaps would tell the secret.
 */
const ALWAYS_HIDDEN_LENGTH = 4;

const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** Hides every occurrence of the secrets, also escaped as in JSON, in quotes or in a URL. Occurrences that overlap are hidden together. */
export function redactor(secrets: readonly string[]): Redact {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form !== '');
  if (forms.length === 0) return (text) => text;
  return (text) =>
    masked(
      text,
      forms.flatMap((form) => occurrences(text, form)),
    );
}

/** How a secret may appear in a text. A line break at its end is often cut off before it is used. */
function formsOf(secret: string): readonly string[] {
  return [secret, secret.trim()].flatMap((plain) => {
    const inJson = jsonEscaped(plain);
    return [plain, inJson, goJsonEscaped(inJson), jsonEscaped(inJson), ...urlForms(plain)];
  });
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Go's encoder also escapes what HTML would read. */
function goJsonEscaped(inJson: string): string {
  return inJson.replaceAll(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function urlForms(text: string): readonly string[] {
  // A lone surrogate cannot be encoded.
  if (!text.isWellFormed()) return [];
  const encoded = encodeURIComponent(text);
  return [encoded, encoded.replaceAll('%20', '+'), encodeURI(text)];
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function occurrences(text: string, form: string): readonly Range[] {
  const found: Range[] = [];
  for (let from = text.indexOf(form); from !== -1; from = text.indexOf(form, from + 1)) {
    const range = { from, to: from + form.length };
    if (form.length >= ALWAYS_HIDDEN_LENGTH || standsAlone(text, range)) found.push(range);
  }
  return found;
}

function standsAlone(text: string, { from, to }: Range): boolean {
  return !WORD_CHARACTER.test(text.charAt(from - 1)) && !WORD_CHARACTER.test(text.charAt(to));
}

function masked(text: string, ranges: readonly Range[]): string {
  let result = '';
  let end = 0;
  let isFirst = true;
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    if (isFirst || from > end) result += text.slice(end, from) + MASK;
    isFirst = false;
    end = Math.max(end, to);
  }
  return result + text.slice(end);
}
