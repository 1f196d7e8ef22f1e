/**
 * The users of a local control plane: what the API server reads (the token file and the key of its
 * ServiceAccount tokens) and what clients read (kubeconfig files).
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface User {
  /** Short name within the test bed, also the name of the kubeconfig file. */
  readonly name: string;
  /** What the API server calls it; `name` by default. */
  readonly username?: string;
  readonly groups: readonly string[];
}

export const ADMIN = 'admin';
export const CONTROLLER = 'serin';
export const KUBELET = 'kubelet';
export const CONTROLLER_MANAGER = 'controller-manager';

/** The users of every control plane. The controller is exactly the ServiceAccount of deploy/. */
export const STANDARD_USERS: readonly User[] = [
  { name: ADMIN, groups: ['system:masters'] },
  { name: CONTROLLER, ...serviceAccount('serin-system', 'serin') },
  // Names of their own, so that an audit log tells the test bed's requests from those of tests.
  { name: KUBELET, groups: ['system:masters'] },
  { name: CONTROLLER_MANAGER, groups: ['system:masters'] },
];

/** The identity that a pod of this ServiceAccount has; the API server adds `system:authenticated` by itself. */
export function serviceAccount(namespace: string, name: string): Pick<User, 'groups'> & { readonly username: string } {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}

export interface Credentials {
  readonly tokens: ReadonlyMap<string, string>;
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
}

/** Writes the token file and a fresh key into `dir`. */
export async function writeCredentials(dir: string, users: readonly User[]): Promise<Credentials> {
  const tokens = new Map(users.map((user) => [user.name, randomUUID()] as const));
  const tokenFile = join(dir, 'tokens.csv');
  const rows = users.map(
    ({ name, username, groups }) => `${tokens.get(name)},${username ?? name},${name},"${groups.join(',')}"\n`,
  );
  await writeFile(tokenFile, rows.join(''), { mode: 0o600 });
  const serviceAccountKeyFile = join(dir, 'service-account.key');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(serviceAccountKeyFile, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  return { tokens, tokenFile, serviceAccountKeyFile };
}

/** Writes a kubeconfig with one user and one cluster; JSON is YAML. */
export async function writeKubeconfig(path: string, server: string, caFile: string, token: string): Promise<void> {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'local', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'user', namespace: 'default' } }],
    'current-context': 'local',
  };
  await writeFile(path, JSON.stringify(kubeconfig, null, 2), { mode: 0o600 });
}
