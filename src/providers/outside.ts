/** HTTP and all ways to authenticate, put together from a clock and the environment of the process. */
import { type AwsOptions, createAws } from './authentication/aws.ts';
import { createFindAwsIdentity } from './authentication/aws-identity.ts';
import { createOAuth2 } from './authentication/oauth2.ts';
import type { ProviderDependencies } from './dependencies.ts';
import type { ConnectionOptions } from './http/connections.ts';
import { createHttp } from './http/http.ts';
import type { Timer } from './http/time-limit.ts';

/** Time as the providers need it. */
interface ProviderClock extends Timer {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since an arbitrary instant; never goes back. */
  readonly monotonic: () => number;
}

export interface OutsideOptions extends ConnectionOptions {
  readonly clock: ProviderClock;
  /** Where credentials of AWS come from; as AWS's own programs find them when absent. */
  readonly findAwsIdentity?: AwsOptions['findIdentity'];
}

export type Outside = Pick<ProviderDependencies, 'http' | 'timer' | 'environment' | 'oauth2' | 'aws'> & {
  /** Ends every connection; measurements under way fail. */
  readonly close: () => Promise<void>;
};

export function createOutside({ clock, environment, trusted, findAwsIdentity }: OutsideOptions): Outside {
  const { http, close } = createHttp({ environment, ...(trusted === undefined ? {} : { trusted }) });
  const timer: Timer = { setTimer: (delayMs, fire) => clock.setTimer(delayMs, fire) };
  return {
    http,
    timer,
    environment,
    oauth2: createOAuth2({ http, timer, monotonic: () => clock.monotonic() }),
    aws: createAws({
      http,
      environment,
      now: () => clock.now(),
      findIdentity: findAwsIdentity ?? createFindAwsIdentity(),
    }),
    close,
  };
}
