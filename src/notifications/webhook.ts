/** The request that a service of the type `webhook` makes of a notification. */
import { z } from 'zod';
import { fromBytes } from '../core/analysis/expressions/go/byte-text.ts';
import type { Json, JsonObject } from '../kube/json.ts';
import type { HttpRequest } from '../providers/http/request.ts';

/** For many requests and for those that are tried again; here one is sent. */
const OF_MANY = ['retryWaitMin', 'retryWaitMax', 'retryMax', 'maxIdleConns', 'maxIdleConnsPerHost', 'maxConnsPerHost'];

const options = z.strictObject({
  url: z.string(),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
  basicAuth: z.strictObject({ username: z.string(), password: z.string() }).optional(),
  insecureSkipVerify: z.boolean().optional(),
  ...Object.fromEntries([...OF_MANY, 'idleConnTimeout'].map((name) => [name, z.json().optional()])),
});

const block = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  body: z.string().optional(),
});

export interface WebhookRequest {
  readonly request: HttpRequest;
  /** Keys that the configuration names and the Secret does not have; they are sent as they are written. */
  readonly unknownKeys: readonly string[];
}

/** `secrets` as bytes, by key. The problem has no value of the Secret. */
export function webhookRequest(
  name: string,
  configured: unknown,
  secrets: Readonly<Record<string, string>>,
  notification: JsonObject,
): WebhookRequest | { readonly problem: string } {
  const unknownKeys = new Set<string>();
  const parsed = options.safeParse(withSecrets(configured as Json, secrets, unknownKeys));
  if (!parsed.success) return { problem: `service.webhook.${name}: ${sentenceOf(parsed.error)}` };
  const own = block.optional().safeParse((notification['webhook'] as JsonObject | undefined)?.[name]);
  if (!own.success) return { problem: `webhook.${name} of the template: ${sentenceOf(own.error)}` };
  const { url: base, headers = [], basicAuth, insecureSkipVerify = false } = parsed.data;
  const { method = '', path = '', body = '' } = own.data ?? { body: messageOf(notification) };
  const url = URL.parse(path === '' ? base : `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
  if (url === null) return { problem: `service.webhook.${name}: its url and the path of the template are no URL` };
  const clear = basicAuth === undefined ? null : `${basicAuth.username}:${basicAuth.password}`;
  return {
    request: {
      method: method === '' ? 'GET' : method.toUpperCase(),
      url,
      headers: {
        ...Object.fromEntries(headers.map((header) => [header.name, header.value])),
        ...(clear === null ? {} : { authorization: `Basic ${Buffer.from(clear).toString('base64')}` }),
      },
      body,
      insecure: insecureSkipVerify,
      secrets: Object.values(secrets).map(fromBytes),
    },
    unknownKeys: [...unknownKeys],
  };
}

function messageOf({ message }: JsonObject): string {
  return typeof message === 'string' ? message : '';
}

/** Whether a value of the Secret is needed. */
export function namesSecrets(configured: unknown): boolean {
  return JSON.stringify(configured ?? null).includes('$');
}

function withSecrets(value: Json, secrets: Readonly<Record<string, string>>, unknownKeys: Set<string>): Json {
  if (typeof value === 'string') {
    return value.replaceAll(/\$([\w-]+)/g, (text, key: string) => {
      const found = Object.hasOwn(secrets, key) ? secrets[key] : undefined;
      if (found !== undefined) return fromBytes(found);
      unknownKeys.add(key);
      return text;
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => withSecrets(item, secrets, unknownKeys));
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, one]) => [key, withSecrets(one ?? null, secrets, unknownKeys)]),
  );
}

function sentenceOf({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.map(String).join('.') ?? '';
  return `${path === '' ? '' : `at ${path}: `}${issue?.message ?? 'it has another form'}`;
}
