/** How a request fails: an HTTP status, and a sentence for the person. */
import { isApiError } from '../../runtime/api-error.ts';

export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The status that the API server gave; without an answer of it, 502. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (isApiError(error)) return new HttpProblem(error.status >= 400 ? error.status : 502, error.message);
  return new HttpProblem(500, error instanceof Error ? error.message : String(error));
}
