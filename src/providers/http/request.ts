/**
 * What a provider asks of HTTP, and what it gets. The answer is whole and bounded; everything else is an error.
 */

/** A request as it is about to be sent, for those who sign it. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Authenticates requests. */
export interface Authentication {
  /** Headers to add, by lower-case name. They give way to headers that the request has by itself. */
  readonly headersFor: (request: OutgoingRequest, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;
  /** Forgets credentials that the server has refused. Only where others can be obtained. */
  readonly renew?: () => void;
}

export interface HttpRequest {
  /** `GET` when absent. */
  readonly method?: string;
  readonly url: URL;
  /** By name, in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether any certificate will do. */
  readonly insecure?: boolean;
  readonly authentication?: Authentication;
  /** Texts that no error may hold, beside the values of headers. */
  readonly secrets?: readonly string[];
}

export interface HttpAnswer {
  /** The host that answered, with its port, for messages. */
  readonly host: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** A text of the server without what authenticated the request. It may still hold other secrets of the metric. */
  readonly scrub: (text: string) => string;
}

/** Sends a request. Rejects without a whole answer, and soon after the signal is aborted. */
export type Http = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;
