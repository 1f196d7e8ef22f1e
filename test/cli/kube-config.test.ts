/** What options of the command line make of a kubeconfig. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GLOBAL_OPTIONS, type GlobalOptions } from '../../src/cli/global-options.ts';
import { chosenKubeConfig } from '../../src/cli/kube-config.ts';
import { defaultsOf } from '../../src/cli/options.ts';

const KUBECONFIG = `
apiVersion: v1
kind: Config
clusters:
  - { name: here, cluster: { server: "https://here", certificate-authority-data: aGVyZQ== } }
  - { name: there, cluster: { server: "https://there" } }
users:
  - { name: me, user: { token: mine } }
  - { name: you, user: { client-certificate-data: Y2VydA==, client-key-data: a2V5 } }
contexts:
  - { name: here, context: { cluster: here, user: me, namespace: shop } }
  - { name: there, context: { cluster: there, user: you } }
current-context: here
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-cli-'));
  await writeFile(join(folder, 'config'), KUBECONFIG);
});

afterAll(() => rm(folder, { recursive: true }));

function chosen(options: Partial<GlobalOptions>) {
  const config = chosenKubeConfig({ ...defaultsOf(GLOBAL_OPTIONS), kubeconfig: join(folder, 'config'), ...options });
  return {
    cluster: config.getCurrentCluster(),
    user: config.getCurrentUser(),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
  };
}

describe('the connection', () => {
  test.each<{ name: string; options: Partial<GlobalOptions>; cluster?: object; user?: object }>([
    {
      name: 'of the kubeconfig',
      options: {},
      cluster: { server: 'https://here', caData: 'aGVyZQ==' },
      user: { token: 'mine' },
    },
    {
      name: 'of another context',
      options: { context: 'there' },
      cluster: { server: 'https://there' },
      user: { certData: 'Y2VydA==' },
    },
    {
      name: 'to another cluster as the same user',
      options: { cluster: 'there' },
      cluster: { name: 'there' },
      user: { name: 'me' },
    },
    { name: 'as another user', options: { user: 'you' }, cluster: { name: 'here' }, user: { keyData: 'a2V5' } },
    {
      name: 'to another server',
      options: { server: 'https://proxy' },
      cluster: { server: 'https://proxy', caData: 'aGVyZQ==' },
    },
    {
      name: 'that another authority vouches for',
      options: { 'certificate-authority': '/ca.crt', 'tls-server-name': 'api' },
      cluster: { caFile: '/ca.crt', tlsServerName: 'api' },
    },
    { name: 'with a token', options: { user: 'you', token: 't' }, user: { token: 't' } },
    {
      name: 'with a certificate',
      options: { 'client-certificate': '/c.crt', 'client-key': '/c.key' },
      user: { certFile: '/c.crt', keyFile: '/c.key' },
    },
    { name: 'in the name of another user', options: { as: 'her' }, user: { token: 'mine', impersonateUser: 'her' } },
  ])('$name', ({ options, cluster = {}, user = {} }) => {
    expect(chosen(options)).toMatchObject({ cluster, user });
  });

  test('that is not verified has no authority', () => {
    const { cluster } = chosen({ 'insecure-skip-tls-verify': true });
    expect(cluster).toMatchObject({ skipTLSVerify: true });
    expect(cluster).not.toHaveProperty('caData');
  });

  test('keeps the namespace of its context', () => {
    expect(chosen({ server: 'https://proxy' }).namespace).toBe('shop');
  });

  test.each([
    { options: { context: 'nowhere' }, says: 'has no context "nowhere"' },
    { options: { cluster: 'nowhere' }, says: 'has no cluster "nowhere"' },
    { options: { user: 'nobody' }, says: 'has no user "nobody"' },
  ])('is refused where the kubeconfig $says', ({ options, says }) => {
    expect(() => chosen(options)).toThrow(says);
  });
});
