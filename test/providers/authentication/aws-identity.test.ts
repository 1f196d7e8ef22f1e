/** The package of AWS finds credentials where a controller in a cluster has them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFindAwsIdentity } from '../../../src/providers/authentication/aws-identity.ts';
import { json, startVendorServer, text, type VendorServer } from '../vendor-server.ts';

const VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_ROLE_ARN'];

let directory: string;
let server: VendorServer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'serin-aws-'));
  server = await startVendorServer(text('not expected', 500));
  for (const variable of VARIABLES) vi.stubEnv(variable, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', join(directory, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(directory, 'credentials'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_REGION', 'eu-west-1');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(directory, { recursive: true });
});

const find = async (profile?: string) => createFindAwsIdentity()(profile);

test('in variables', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'FROM-VARIABLES');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  expect(await find()).toMatchObject({ accessKeyId: 'FROM-VARIABLES', secretAccessKey: 'secret' });
});

test('in the profile that a metric names, before variables', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'FROM-VARIABLES');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  await writeFile(
    join(directory, 'credentials'),
    '[metrics]\naws_access_key_id = FROM-PROFILE\naws_secret_access_key = secret\n',
  );
  expect(await find('metrics')).toMatchObject({ accessKeyId: 'FROM-PROFILE' });
});

test('with Pod Identity, from the agent of the node', async () => {
  server.answering = json({
    AccessKeyId: 'FROM-AGENT',
    SecretAccessKey: 'secret',
    Token: 'session',
    Expiration: '2099-01-01T00:00:00Z',
  });
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${server.origin}/v1/credentials`);
  vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'pod-token');
  expect(await find()).toMatchObject({ accessKeyId: 'FROM-AGENT', sessionToken: 'session' });
  expect(server.asked[0]?.headers['authorization']).toBe('pod-token');
});

test('with a role of the ServiceAccount, from STS for its token', async () => {
  server.answering = text(
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>FROM-STS</AccessKeyId>
      <SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken>
      <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
    </AssumeRoleWithWebIdentityResponse>`,
    200,
    'text/xml',
  );
  await writeFile(join(directory, 'token'), 'service-account-token');
  vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(directory, 'token'));
  vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/metrics');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', server.origin);
  expect(await find()).toMatchObject({ accessKeyId: 'FROM-STS', sessionToken: 'session' });
  expect(server.asked[0]?.body).toContain('WebIdentityToken=service-account-token');
});

test('and nowhere is an error', async () => {
  await expect(find()).rejects.toThrow('no credentials for AWS were found');
});

test('what was found is kept', async () => {
  const findKept = createFindAwsIdentity();
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'FIRST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  await findKept(undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'SECOND');
  expect(await findKept(undefined)).toMatchObject({ accessKeyId: 'FIRST' });
});
