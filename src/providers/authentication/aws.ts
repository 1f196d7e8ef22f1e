/**
 * AWS Signature Version 4: who signs (the default chain of credentials, or a role that it may assume), for which
 * region, and where the services of a region are. The packages of AWS are loaded when a metric first needs them.
 */
import { LRUCache } from 'lru-cache';
import { requireSuccess } from '../http/answer.ts';
import type { Environment } from '../http/proxy.ts';
import type { Authentication, Http, OutgoingRequest } from '../http/request.ts';
import { sha256Of } from './sha256.ts';

export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** Finds credentials: of a profile in the files of AWS, or of the process when it is absent. */
export type FindAwsIdentity = (profile: string | undefined) => Promise<AwsIdentity>;

export interface Signing {
  /** The name of the service in signatures, such as `aps`. */
  readonly service: string;
  readonly region: string;
  readonly profile?: string | undefined;
  /** ARN of a role to assume. */
  readonly roleArn?: string | undefined;
}

export interface Aws {
  readonly authenticationFor: (signing: Signing) => Authentication;
  /** The region to use where a metric names none. Throws when there is none. */
  readonly defaultRegion: () => string;
  /** Where a service is, such as `monitoring`. `variable` is the end of the variable that may say otherwise. */
  readonly endpointOf: (service: string, region: string, variable: string) => URL;
}

export interface AwsOptions {
  readonly http: Http;
  readonly environment: Environment;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly findIdentity: FindAwsIdentity;
}

const MAX_ROLES = 1_000;
/** A role is assumed anew this long before its credentials expire, as the SDKs do it. */
const SPARE_MS = 300_000;

export function createAws({ http, environment, now, findIdentity }: AwsOptions): Aws {
  const roles = new LRUCache<string, AwsIdentity>({ max: MAX_ROLES });
  const endpointOf = (service: string, region: string, variable: string): URL => {
    const set = environment[`AWS_ENDPOINT_URL_${variable}`] || environment['AWS_ENDPOINT_URL'];
    return new URL(
      set || `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
    );
  };
  const identityOf = async ({ region, profile, roleArn }: Signing, signal: AbortSignal): Promise<AwsIdentity> => {
    const own = await findIdentity(profile);
    if (roleArn === undefined) return own;
    const key = JSON.stringify([roleArn, region, profile]);
    const known = roles.get(key);
    if (known?.expiration !== undefined && now() < known.expiration.getTime() - SPARE_MS) return known;
    const signed = signing({ service: 'sts', region }, async () => Promise.resolve(own), now);
    const assumed = await assumeRole(http, endpointOf('sts', region, 'STS'), roleArn, signed, signal);
    roles.set(key, assumed);
    return assumed;
  };
  return {
    authenticationFor: (wanted) => signing(wanted, async (signal) => identityOf(wanted, signal), now),
    endpointOf,
    defaultRegion: () => {
      const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'];
      if (!region) throw new Error('no AWS region is configured');
      return region;
    },
  };
}

function signing(
  { service, region }: Pick<Signing, 'service' | 'region'>,
  identityOf: (signal: AbortSignal) => Promise<AwsIdentity>,
  now: () => number,
): Authentication {
  return {
    headersFor: async (request, signal) => {
      const { SignatureV4 } = await import('@smithy/signature-v4');
      const { accessKeyId, secretAccessKey, sessionToken } = await identityOf(signal);
      const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
      const signer = new SignatureV4({ service, region, credentials, sha256: sha256Of });
      const { headers } = await signer.sign(signable(request), { signingDate: new Date(now()) });
      return headers;
    },
  };
}

function signable({ method, url, headers, body }: OutgoingRequest) {
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) (query[name] ??= []).push(value);
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query,
    headers: { ...headers, host: url.host },
    ...(body === undefined ? {} : { body }),
  };
}

/** An hour, the longest that every role allows. */
const SESSION_SECONDS = '3600';

async function assumeRole(
  http: Http,
  url: URL,
  roleArn: string,
  authentication: Authentication,
  signal: AbortSignal,
): Promise<AwsIdentity> {
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: 'serin',
    DurationSeconds: SESSION_SECONDS,
  });
  const answer = await http(
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: form.toString(),
      authentication,
    },
    signal,
  );
  requireSuccess(answer);
  // The four elements hold letters, digits and `+/=:-.` only, so that nothing in them is escaped.
  const element = (name: string): string => {
    const [, text] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer.body) ?? [];
    if (text === undefined) throw new Error(`${answer.host} answered without ${name}`);
    return text.trim();
  };
  return {
    accessKeyId: element('AccessKeyId'),
    secretAccessKey: element('SecretAccessKey'),
    sessionToken: element('SessionToken'),
    expiration: new Date(element('Expiration')),
  };
}
