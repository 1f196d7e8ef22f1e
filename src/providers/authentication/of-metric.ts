/** The authentication that a metric asks for. One that is set by halves is an error: no request goes out without it. */
import type { Metric } from '../../core/analysis/provider.ts';
import type { Authentication } from '../http/request.ts';
import type { Aws } from './aws.ts';
import { basicAuthentication } from './basic.ts';
import type { OAuth2 } from './oauth2.ts';

type Configured = NonNullable<NonNullable<Metric['provider']['prometheus']>['authentication']>;
type SigV4 = NonNullable<Configured['sigv4']>;

/** A user name and password, or a token; `undefined` when neither is asked for. */
export function credentialsOf(
  { oauth2, basicAuth }: Pick<Configured, 'oauth2' | 'basicAuth'>,
  insecure: boolean,
  tokens: OAuth2,
): Authentication | undefined {
  if (oauth2?.tokenUrl) {
    const { tokenUrl, clientId = '', clientSecret = '', scopes = [] } = oauth2;
    if (clientId === '' || clientSecret === '') throw new Error('oauth2 needs both clientId and clientSecret');
    return tokens({ tokenUrl, clientId, clientSecret, scopes, insecure });
  }
  const { username = '', password = '' } = basicAuth ?? {};
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') throw new Error('basicAuth needs both username and password');
  return basicAuthentication(username, password);
}

/** What the addresses of Amazon Managed Prometheus contain. Elsewhere no request is signed. */
const MANAGED_PROMETHEUS = 'aps-workspaces';
const REGION_IN_HOST = /(?:^|\.)aps-workspaces\.([a-z0-9-]+)\.amazonaws\.com/;

/** The signature for a server of AWS; `undefined` when the metric asks for none or the server is another. */
export function signatureFor(address: URL, sigv4: SigV4 | undefined, aws: Aws): Authentication | undefined {
  const { region, profile, roleArn } = sigv4 ?? {};
  if (!address.href.includes(MANAGED_PROMETHEUS) || !(region || profile || roleArn)) return undefined;
  return aws.authenticationFor({
    service: 'aps',
    region: region || (REGION_IN_HOST.exec(address.hostname)?.[1] ?? aws.defaultRegion()),
    profile: profile || undefined,
    roleArn: roleArn || undefined,
  });
}
