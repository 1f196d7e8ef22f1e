/**
 * Errors of HTTP as short sentences that begin with the host. They hold no path and no query, which may carry
 * credentials, and nothing that authenticated the request.
 */

interface NetworkError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly message?: unknown;
}

const UNREACHABLE = 'cannot be reached';
const ENDED = 'ended the connection before its answer was complete';
const THROUGH_PROXY = 'cannot be reached through the proxy';
const NO_NAME = 'has a name that cannot be resolved';

/** By the code of Node or undici. */
const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  UND_ERR_CONNECT_TIMEOUT: UNREACHABLE,
  ECONNRESET: ENDED,
  EPIPE: ENDED,
  UND_ERR_SOCKET: ENDED,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ENDED,
  UND_ERR_HEADERS_OVERFLOW: 'answered with headers that are too large',
  UND_ERR_PRX_TLS: THROUGH_PROXY,
};

const CERTIFICATE = /CERT|SIGNATURE|ISSUER|SELF_SIGNED/;
/** undici has no code for a proxy that opens no tunnel. */
const NO_TUNNEL = /^Proxy response \(\d+\)/;
const NOT_TLS = /^(?:ERR_SSL|ERR_TLS|EPROTO)/;

/** The error of a request to `host` that got no whole answer. */
export function failureOf(host: string, error: unknown): Error {
  return new Error(`${host} ${sentenceOf(error)}`, { cause: error });
}

function sentenceOf(error: unknown): string {
  const { name, code, cause, message } = (error ?? {}) as NetworkError;
  if (name === 'HTTPParserError') return 'did not answer in HTTP';
  if (NO_TUNNEL.test(String(message))) return THROUGH_PROXY;
  if (typeof code !== 'string') return cause === undefined ? 'cannot be asked' : sentenceOf(cause);
  const known = SENTENCES[code];
  if (known !== undefined) return known;
  if (CERTIFICATE.test(code)) return `has a certificate that is not trusted (${code})`;
  if (NOT_TLS.test(code)) return `does not speak TLS as expected (${code})`;
  // undici names the header or the method, never a value.
  if (code === 'UND_ERR_INVALID_ARG') return `cannot be sent the request: ${String(message)}`;
  return `cannot be asked (${code})`;
}

/** Shorter texts would blank out words that only look like them. */
const LEAST_SECRET_LENGTH = 3;

/** Headers that hold no secrets; the values of all others may. */
const OPEN_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'x-amz-content-sha256',
  'accept',
  'content-type',
  'user-agent',
  'x-amz-date',
  'x-amz-target',
]);

/** Every text of a request that no message may hold. */
export function secretsOf(
  headers: Readonly<Record<string, string>>,
  others: readonly string[] = [],
): readonly string[] {
  const values = Object.entries(headers).filter(([name]) => !OPEN_HEADERS.has(name));
  const secrets = [...others, ...values.flatMap(([, value]) => partsOf(value))];
  // The longest first, so that none is cut by one that it contains.
  return secrets.filter(({ length }) => length >= LEAST_SECRET_LENGTH).toSorted((a, b) => b.length - a.length);
}

/** The value of a header, its credential without the scheme, and a user name and password in clear. */
function partsOf(value: string): readonly string[] {
  const [, scheme = '', credential = ''] = /^(\S+)\s+(\S.*)$/.exec(value) ?? [];
  if (scheme.toLowerCase() !== 'basic') return [value, credential];
  const clear = Buffer.from(credential, 'base64').toString('utf8');
  return [value, credential, clear, clear.slice(clear.indexOf(':') + 1)];
}

/** The text without the secrets. */
export function scrubbed(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '*****'), text);
}
