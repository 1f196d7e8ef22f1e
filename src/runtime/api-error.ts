/**
 * The error of the Kubernetes API and its classification. Callers decide by `kind`, never by an HTTP
 * status or by text.
 */

/**
 * - `notFound`: the object (or its resource) does not exist
 * - `exists`: the name of a create is taken
 * - `conflict`: the object has changed, or a precondition does not hold
 * - `invalid`: the server refuses what was sent and would refuse it again
 * - `forbidden`: not authenticated or not authorised
 * - `throttled`: the server asks to retry later, even after the client's own retries
 * - `server`: the server failed
 * - `network`: no complete answer arrived in time
 * - `expired`: the resource version or continue token is too old; list again
 */
export type ApiErrorKind =
  'notFound' | 'exists' | 'conflict' | 'invalid' | 'forbidden' | 'throttled' | 'server' | 'network' | 'expired';

/** What was tried on which object, e.g. `patch rollouts/status shop/web`. */
export type Attempt = string;

interface ApiErrorInit {
  readonly kind: ApiErrorKind;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  /** Machine-readable reason of the server's Status object, or our own word for network errors. */
  readonly reason: string;
  readonly attempt: Attempt;
  /** The server's message. */
  readonly message: string;
  readonly cause?: unknown;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: ApiErrorKind;
  readonly status: number;
  readonly reason: string;
  readonly attempt: Attempt;

  constructor(init: ApiErrorInit) {
    super(`Cannot ${init.attempt}: ${init.message}`, init.cause === undefined ? undefined : { cause: init.cause });
    this.kind = init.kind;
    this.status = init.status;
    this.reason = init.reason;
    this.attempt = init.attempt;
  }
}

export function isApiError(error: unknown, kind?: ApiErrorKind): error is ApiError {
  return error instanceof ApiError && (kind === undefined || error.kind === kind);
}

/** The error for an answer that is not a success. `body` is a Status object, or any text of a proxy. */
export function errorOfResponse(attempt: Attempt, status: number, body: unknown): ApiError {
  const { reason, message } = readStatus(body);
  return new ApiError({
    kind: kindOf(status, reason),
    status,
    reason: reason ?? `HTTP${status}`,
    attempt,
    message: message ?? `HTTP status ${status}`,
  });
}

/** The error for a request without a complete answer. Loggers print the message of the cause, too. */
export function errorOfNetwork(attempt: Attempt, cause: unknown): ApiError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return new ApiError({
    kind: 'network',
    status: 0,
    reason: code ?? 'NetworkError',
    attempt,
    message: `no complete answer (${code ?? firstCauseOf(cause)})`,
    cause,
  });
}

/** The message of the first cause, such as a credential that could not be read. */
function firstCauseOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : firstCauseOf(error.cause);
}

/** The error for a request that this client gave up on. */
export function errorOfTimeout(attempt: Attempt, timeoutMs: number): ApiError {
  return new ApiError({
    kind: 'network',
    status: 0,
    reason: 'Timeout',
    attempt,
    message: `no complete answer within ${timeoutMs} ms`,
  });
}

function kindOf(status: number, reason: string | undefined): ApiErrorKind {
  switch (status) {
    case 401:
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 409:
      return reason === 'AlreadyExists' ? 'exists' : 'conflict';
    case 410:
      return 'expired';
    case 412:
      return 'conflict';
    case 429:
      return 'throttled';
    default:
      return status >= 400 && status < 500 ? 'invalid' : 'server';
  }
}

function readStatus(body: unknown): { reason?: string; message?: string } {
  if (typeof body === 'string') return body === '' ? {} : { message: body.slice(0, 200) };
  if (typeof body !== 'object' || body === null) return {};
  return {
    ...('reason' in body && typeof body.reason === 'string' && body.reason !== '' ? { reason: body.reason } : {}),
    ...('message' in body && typeof body.message === 'string' && body.message !== '' ? { message: body.message } : {}),
  };
}

/** The resource, or the right to read it, may come later. */
export function isAbsence(error: unknown): error is ApiError {
  return isApiError(error, 'notFound') || isApiError(error, 'forbidden');
}
