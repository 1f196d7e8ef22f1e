/** What providers are made from. Everything that reaches outside comes in as a value. */
import type { Aws } from './authentication/aws.ts';
import type { OAuth2 } from './authentication/oauth2.ts';
import type { Environment } from './http/proxy.ts';
import type { Http } from './http/request.ts';
import type { Timer } from './http/time-limit.ts';

/** The data of a Secret as text, or `null` when there is no such Secret. */
export type ReadSecret = (namespace: string, name: string) => Promise<Readonly<Record<string, string>> | null>;

/**
 * The instant that an expression such as `now() - duration("1h")` yields, or what is wrong with it. Both times are
 * milliseconds since the epoch.
 */
export type EvaluateTime = (text: string, now: number) => { readonly time: number } | { readonly problem: string };

export interface ProviderDependencies {
  readonly http: Http;
  readonly timer: Timer;
  readonly environment: Environment;
  readonly readSecret: ReadSecret;
  /** Where the Secrets of providers are. */
  readonly controllerNamespace: string;
  readonly evaluateTime: EvaluateTime;
  readonly oauth2: OAuth2;
  readonly aws: Aws;
}
