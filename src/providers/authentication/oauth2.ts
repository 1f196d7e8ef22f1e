/**
 * OAuth 2.0 with client credentials (RFC 6749, 4.4). A token is kept until shortly before it expires, and replaced once
 * when a server refuses it.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { isSuccess, jsonOf, refusal } from '../http/answer.ts';
import type { Authentication, Http, HttpAnswer } from '../http/request.ts';
import { endingWith, type Timer, withinTime } from '../http/time-limit.ts';
import { basicCredential } from './basic.ts';

export interface OAuth2Client {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  /** Whether any certificate of the token's server will do. */
  readonly insecure: boolean;
}

export type OAuth2 = (client: OAuth2Client) => Authentication;

/** Tokens are obtained anew this long before they expire, so that none expires on its way. */
const SPARE_MS = 10_000;
const MAX_TOKENS = 1_000;
const TOKEN_TIMEOUT_MS = 30_000;

interface Token {
  readonly authorization: string;
  /** On the monotonic clock; `null` when the server does not say. */
  readonly expiresAt: number | null;
}

/** Times are often sent as text. */
const tokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  expires_in: z.coerce.number().optional(),
});

const errorAnswer = z.object({ error: z.string(), error_description: z.string().optional() });

export interface OAuth2Options {
  readonly http: Http;
  readonly timer: Timer;
  /** Milliseconds since an arbitrary instant. */
  readonly monotonic: () => number;
}

export function createOAuth2({ http, timer, monotonic }: OAuth2Options): OAuth2 {
  const tokens = new LRUCache<string, Token>({ max: MAX_TOKENS });
  const pending = new Map<string, Promise<Token>>();
  const obtained = async (client: OAuth2Client, key: string): Promise<Token> => {
    const askedAt = monotonic();
    const { host } = urlOf(client);
    const limit = { timer, limitMs: TOKEN_TIMEOUT_MS, host, signal: new AbortController().signal };
    const token = tokenOf(await withinTime(limit, async (signal) => askForToken(http, client, signal)), askedAt);
    tokens.set(key, token);
    return token;
  };
  return (client) => {
    const key = keyOf(client);
    return {
      headersFor: async (_request, signal) => {
        const known = tokens.get(key);
        if (known !== undefined && (known.expiresAt === null || monotonic() < known.expiresAt - SPARE_MS)) {
          return { authorization: known.authorization };
        }
        // Measurements that begin together share one request, which outlives each of them.
        const asked = pending.get(key) ?? obtained(client, key).finally(() => pending.delete(key));
        pending.set(key, asked);
        const { authorization } = await endingWith(signal, async () => asked);
        return { authorization };
      },
      renew: () => tokens.delete(key),
    };
  };
}

function urlOf({ tokenUrl }: OAuth2Client): URL {
  const url = URL.parse(tokenUrl);
  if (url === null) throw new Error('the tokenUrl is not a URL');
  return url;
}

/** A digest, so that no secret is kept as the name of something. */
function keyOf({ tokenUrl, clientId, clientSecret, scopes, insecure }: OAuth2Client): string {
  const parts = JSON.stringify([tokenUrl, clientId, clientSecret, scopes, insecure]);
  return createHash('sha256').update(parts).digest('base64');
}

/** Servers take the credentials in a header or in the body. The header is tried first, as the RFC recommends. */
async function askForToken(http: Http, client: OAuth2Client, signal: AbortSignal): Promise<HttpAnswer> {
  const { clientId, clientSecret, scopes, insecure } = client;
  const url = urlOf(client);
  const grant = { grant_type: 'client_credentials', ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }) };
  const ask = async (headers: Readonly<Record<string, string>>, form: Readonly<Record<string, string>>) =>
    http(
      {
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams(form).toString(),
        insecure,
        secrets: [clientSecret, encoded(clientSecret)],
      },
      signal,
    );
  const byHeader = await ask({ authorization: basicCredential(encoded(clientId), encoded(clientSecret)) }, grant);
  if (isSuccess(byHeader)) return byHeader;
  const byBody = await ask({}, { ...grant, client_id: clientId, client_secret: clientSecret });
  if (isSuccess(byBody)) return byBody;
  throw refusal(byBody, reasonOf(byBody));
}

function reasonOf({ body }: HttpAnswer): string {
  try {
    const { error, error_description: description } = errorAnswer.parse(JSON.parse(body));
    return description === undefined ? error : `${error}: ${description}`;
  } catch {
    return '';
  }
}

function tokenOf(answer: HttpAnswer, askedAt: number): Token {
  const { access_token: token, token_type: type = 'Bearer', expires_in: seconds } = jsonOf(answer, tokenAnswer);
  return {
    authorization: `${type.toLowerCase() === 'bearer' ? 'Bearer' : type} ${token}`,
    expiresAt: seconds === undefined || !(seconds > 0) ? null : askedAt + seconds * 1000,
  };
}

/** As in a form: the RFC asks for it inside of the header too. */
function encoded(text: string): string {
  return new URLSearchParams({ a: text }).toString().slice('a='.length);
}
