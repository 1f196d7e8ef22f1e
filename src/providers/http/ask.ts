/** One request as a whole measurement: an answer within the time limit, or an error. */
import type { Http, HttpAnswer, HttpRequest } from './request.ts';
import { type Timer, withinTime } from './time-limit.ts';

export interface Asking {
  readonly http: Http;
  readonly timer: Timer;
}

export async function ask(
  { http, timer }: Asking,
  request: HttpRequest,
  limitMs: number,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { host } = request.url;
  return withinTime({ timer, limitMs, host, signal }, async (limited) => http(request, limited));
}
