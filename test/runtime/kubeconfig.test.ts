import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadKubeConfig, ownNamespace } from '../../src/runtime/kubeconfig.ts';

const KUBECONFIG = `
apiVersion: v1
kind: Config
clusters: [{ name: here, cluster: { server: "http://127.0.0.1:1" } }]
users: [{ name: me, user: {} }]
contexts:
  - { name: plain, context: { cluster: here, user: me } }
  - { name: shop, context: { cluster: here, user: me, namespace: shop } }
current-context: shop
`;

let folder: string;
let kubeconfig: string;
let podNamespaceFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-kubeconfig-'));
  kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, KUBECONFIG);
  podNamespaceFile = join(folder, 'namespace');
  await writeFile(podNamespaceFile, 'pod\n');
});

afterAll(() => rm(folder, { recursive: true }));

describe('the namespace of the process is', () => {
  test.each([
    ['what the flag says', { context: '', namespace: 'flag' }, 'flag'],
    ['else that of the current context', { context: '', namespace: '' }, 'shop'],
    ['else that of the pod', { context: 'plain', namespace: '' }, 'pod'],
  ])('%s', (_name, flags, namespace) => {
    expect(ownNamespace(flags, loadKubeConfig({ kubeconfig, ...flags }), podNamespaceFile)).toBe(namespace);
  });

  test('else default', () => {
    const plain = loadKubeConfig({ kubeconfig, context: 'plain' });
    expect(ownNamespace({ namespace: '' }, plain, join(folder, 'missing'))).toBe('default');
  });
});

test('a context that does not exist is an error which names it', () => {
  expect(() => loadKubeConfig({ kubeconfig, context: 'shpo' })).toThrow('The kubeconfig has no context "shpo"');
});
