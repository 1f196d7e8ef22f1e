/** Texts without what may be secret in them: as a whole, or in those of their parts that a decision does not read. */
import type { Digest } from './digest.ts';

/** Arguments that an analysis fills in later: decisions look for their names. */
const PLACEHOLDER = /(\{\{.*?\}\})/s;

/** All but its placeholders. */
export function opaque(text: string, digest: Digest): string {
  return text
    .split(PLACEHOLDER)
    .map((part, index) => (index % 2 === 1 ? part : digest(part)))
    .join('');
}

/** A character that stands behind a backslash, or outside ASCII: proxies read the first and refuse the second. */
const WORDS = /\\[A-Za-z0-9]|·redacted[0-9a-f]{16}|[A-Za-z0-9]+|[^\0-\u007F]+/g;

/**
 * The value or the pattern of a header. Its words are replaced one by one: what is between them decides whether a proxy
 * can read it, and the controller makes a pattern of a prefix.
 */
export function redactedWords(text: string, digest: Digest): string {
  return text.replaceAll(WORDS, (word) => {
    if (word.startsWith('\\') || word.startsWith('·redacted')) return word;
    return /^[A-Za-z0-9]/.test(word) ? digest(word) : `·${digest(word)}`;
  });
}

const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/?#]*)@)?([^/?#]*)(\/?)(.*)$/is;

/** Keeps the scheme and the host of a URL; a path may hold a token as well. */
export function redactedUrl(text: string, digest: Digest): string {
  const parts = URL_PARTS.exec(text);
  if (parts === null) return opaque(text, digest);
  const [, scheme = '', user, host = '', slash = '', rest = ''] = parts;
  const credentials = user === undefined ? '' : `${opaque(user, digest)}@`;
  return `${scheme}${credentials}${host}${slash}${opaque(rest, digest)}`;
}

const CREDENTIALS = /(:\/\/)([^\s/?#@"'\\]+)@/g;
const PARAMETER = /([?&][\w.-]+=)([^\s&"'#\\]+)/g;

/** Any other text: the credentials and the parameters of the URLs in it. */
export function withoutCredentials(text: string, digest: Digest): string {
  if (!text.includes('://')) return text;
  return text
    .replaceAll(CREDENTIALS, (_, start: string, user: string) => `${start}${opaque(user, digest)}@`)
    .replaceAll(PARAMETER, (_, name: string, value: string) => `${name}${opaque(value, digest)}`);
}

const PLAIN = /^(?:true|false|-?\d{1,6}(?:\.\d+)?(?:%|ms|s|m|h|d)?)$/;

/** Whether a text is a switch, a short number or a time: no secret, and often read by a decision. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}
