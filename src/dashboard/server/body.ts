/** Reads the JSON body of a request. */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { HttpProblem } from './problem.ts';

const LONGEST_BYTES = 256 * 1024;

/**
 * `undefined` without a body. Rejects with an HttpProblem for what is no JSON, is too long, or, with `declared`, is not
 * said to be JSON: a form of another site cannot say so.
 */
export async function readJson(
  request: IncomingMessage,
  { declared }: { readonly declared: boolean },
): Promise<unknown> {
  if (declared && !/^application\/json(?:;|$)/.test(request.headers['content-type'] ?? ''))
    throw new HttpProblem(415, 'the content type must be application/json');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BYTES) throw new HttpProblem(413, 'the body is too long');
    chunks.push(chunk);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new HttpProblem(400, 'the body is not JSON');
  }
}

/** Rejects with an HttpProblem that names the first field that does not fit. */
export async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const read = schema.safeParse(await readJson(request, { declared: true }));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new HttpProblem(
    400,
    `the body does not fit at ${issue?.path.join('.') || 'its root'}: ${issue?.message ?? ''}`,
  );
}
