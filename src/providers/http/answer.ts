/** What nearly every provider asks of an answer: that it is a success, and JSON of a known shape. */
import type { z } from 'zod';
import type { Json } from '../../kube/json.ts';
import { NO_JSON, readJson } from './json-text.ts';
import type { HttpAnswer } from './request.ts';

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'refused the credentials (status 401)',
  403: 'refused access (status 403)',
  429: 'limits how often it is asked (status 429)',
};

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/** The error of an answer that is no success. `reason` is what the server says of it; its text when absent. */
export function refusal(answer: HttpAnswer, reason?: string): Error {
  const { host, status, contentType, body } = answer;
  const said = quoted(answer, reason ?? (contentType.includes('html') ? '' : body));
  return new Error(`${host} ${REFUSALS[status] ?? `answered with status ${status}`}${said}`);
}

/** The error of an answer that says that there is none, whatever its status. */
export function noAnswer(answer: HttpAnswer, reason: string, cause?: unknown): Error {
  return new Error(`${answer.host} could not answer${quoted(answer, reason)}`, { cause });
}

/**
 * A text is quoted whole or not at all: the core hides the secrets of the metric in the message, and of a
 * secret that was cut a part would stay.
 */
const LONGEST_QUOTE = 1_000;

function quoted({ scrub }: HttpAnswer, text: string): string {
  const plain = text.trim();
  return plain === '' || plain.length > LONGEST_QUOTE ? '' : `: ${scrub(plain)}`;
}

/** Throws unless the answer is a success. */
export function requireSuccess(answer: HttpAnswer): void {
  if (!isSuccess(answer)) throw refusal(answer);
}

/** The answer as JSON of this shape; throws when it is anything else. */
export function jsonOf<T>(answer: HttpAnswer, schema: z.ZodType<T>): T {
  if (answer.body.trim() === '') throw new Error(`${answer.host} answered with nothing`);
  const parsed = schema.safeParse(anyJsonOf(answer));
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new Error(`${answer.host} answered with JSON of an unexpected form${path === '' ? '' : `, at ${path}`}`);
}

/** The answer as JSON of any shape. */
function anyJsonOf({ host, body }: HttpAnswer): Json {
  const value = jsonIn(host, body);
  if (value === NO_JSON) throw new Error(`${host} answered with what is not JSON`);
  return value;
}

/** The answer as JSON, or {@link NO_JSON}. */
export function jsonIn(host: string, body: string): Json | typeof NO_JSON {
  try {
    return readJson(body);
  } catch (error) {
    throw new Error(`${host} answered with ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
