import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAws, type Aws, type Signing } from '../../../src/providers/authentication/aws.ts';
import { createHttp } from '../../../src/providers/http/http.ts';
import type { Http, HttpRequest, OutgoingRequest } from '../../../src/providers/http/request.ts';
import { expectedSignature } from '../signature.ts';
import { startVendorServer, text, type VendorServer } from '../vendor-server.ts';

const NEVER = new AbortController().signal;

/** The key pair of AWS's published examples of signatures, which belongs to no account. */
const EXAMPLE = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const EXAMPLE_TIME = Date.parse('2015-08-30T12:36:00Z');

let sts: VendorServer;
let http: Http;
let close: () => Promise<void>;
let now: number;
let profiles: (string | undefined)[];
let aws: Aws;

const assumed = (name: string, expiration: string) =>
  text(
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
      <AccessKeyId>${name}</AccessKeyId><SecretAccessKey>secret+/=</SecretAccessKey>
      <SessionToken>session+/=</SessionToken><Expiration>${expiration}</Expiration>
    </Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    200,
    'text/xml',
  );

beforeEach(async () => {
  sts = await startVendorServer(assumed('ASSUMED', '2015-08-30T13:36:00Z'));
  ({ http, close } = createHttp({ environment: {} }));
  now = EXAMPLE_TIME;
  profiles = [];
  aws = createAws({
    http,
    environment: { AWS_ENDPOINT_URL_STS: sts.origin, AWS_REGION: 'us-east-1' },
    now: () => now,
    findIdentity: async (profile) => {
      profiles.push(profile);
      return Promise.resolve(EXAMPLE);
    },
  });
});

afterEach(async () => {
  await close();
  await sts.close();
});

const request = (more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'GET',
  url: new URL('https://example.amazonaws.com/'),
  headers: {},
  body: undefined,
  ...more,
});

const headersFor = async (more: Partial<Signing> = {}, asked = request()) =>
  aws.authenticationFor({ service: 'service', region: 'us-east-1', ...more }).headersFor(asked, NEVER);

describe('a signature', () => {
  test.each([
    ['a request without anything', '/', {}],
    ['a path with characters to escape', '/a%20b/(c)', {}],
    ['a query, whose order does not matter', '/?b=2&a=1&a=0', {}],
    ['a body', '/', { method: 'POST', body: 'größer' }],
    ['headers', '/', { headers: { 'X-Amz-Target': 'Get', 'content-type': 'application/json' } }],
  ] satisfies readonly [string, string, Partial<HttpRequest>][])('is right for %s', async (_, path, more) => {
    const authentication = aws.authenticationFor({ service: 'service', region: 'us-east-1' });
    await http({ url: new URL(path, sts.origin), authentication, ...more }, NEVER);
    const [asked] = sts.asked;
    const signature = asked === undefined ? '' : expectedSignature(asked, EXAMPLE.secretAccessKey);
    expect(asked?.headers['authorization']).toContain(`Signature=${signature}`);
  });

  test('names key, day, region and service, and what it covers', async () => {
    const { authorization = '', ...headers } = await headersFor();
    expect(authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    expect(headers['x-amz-date']).toBe('20150830T123600Z');
  });

  test('is made with the credentials of the profile', async () => {
    await headersFor({ profile: 'metrics' });
    expect(profiles).toEqual(['metrics']);
  });
});

describe('a role', () => {
  const roleArn = 'arn:aws:iam::123456789012:role/metrics';

  test('is assumed with a signed request, and signs with its own credentials', async () => {
    const headers = await headersFor({ roleArn });
    expect(headers['authorization']).toContain('Credential=ASSUMED/');
    expect(headers['x-amz-security-token']).toBe('session+/=');
    expect(Object.fromEntries(new URLSearchParams(sts.asked[0]?.body))).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: roleArn,
    });
    expect(sts.asked[0]?.headers['authorization']).toContain('/us-east-1/sts/aws4_request');
  });

  test('is assumed anew five minutes before its credentials expire', async () => {
    await headersFor({ roleArn });
    now += 54 * 60_000;
    await headersFor({ roleArn });
    expect(sts.asked).toHaveLength(1);
    now += 60_000;
    await headersFor({ roleArn });
    expect(sts.asked).toHaveLength(2);
  });

  test.each([
    ['is refused', text('<Error><Code>AccessDenied</Code></Error>', 403), 'refused access (status 403)'],
    ['gets an answer without credentials', text('<AssumeRoleResponse/>'), 'answered without AccessKeyId'],
  ])('that %s is an error', async (_, answering, message) => {
    sts.answering = answering;
    await expect(headersFor({ roleArn })).rejects.toThrow(message);
  });
});

describe('an endpoint', () => {
  test.each([
    [{}, 'eu-west-1', 'https://monitoring.eu-west-1.amazonaws.com/'],
    [{}, 'cn-north-1', 'https://monitoring.cn-north-1.amazonaws.com.cn/'],
    [{ AWS_ENDPOINT_URL: 'http://all:1' }, 'eu-west-1', 'http://all:1/'],
    [{ AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_CLOUDWATCH: 'http://one:2' }, 'eu-west-1', 'http://one:2/'],
  ])('with %o in %s is %s', (environment: Readonly<Record<string, string>>, region, url) => {
    const { endpointOf } = createAws({
      http,
      environment,
      now: () => 0,
      findIdentity: async () => Promise.resolve(EXAMPLE),
    });
    expect(endpointOf('monitoring', region, 'CLOUDWATCH').href).toBe(url);
  });
});

describe('the region', () => {
  test.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }, 'eu-west-1'],
    [{ AWS_DEFAULT_REGION: 'us-east-1' }, 'us-east-1'],
  ])('with %o is %s', (environment: Readonly<Record<string, string>>, region) => {
    const { defaultRegion } = createAws({
      http,
      environment,
      now: () => 0,
      findIdentity: async () => Promise.resolve(EXAMPLE),
    });
    expect(defaultRegion()).toBe(region);
  });

  test('that nothing names is an error', () => {
    const { defaultRegion } = createAws({
      http,
      environment: {},
      now: () => 0,
      findIdentity: async () => Promise.resolve(EXAMPLE),
    });
    expect(defaultRegion).toThrow('no AWS region is configured');
  });
});
