/** People with rights of their own: ServiceAccounts of a session's namespace, and their tokens. */
import type { Session } from './session.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** May see all that the dashboard shows, and change nothing. */
export const VIEW: readonly Rule[] = [
  { apiGroups: ['argoproj.io'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apps'], resources: ['replicasets', 'deployments'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['pods', 'services', 'events', 'podtemplates'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: ['get', 'list', 'watch'] },
];

interface Wanted {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** The rules count in all namespaces. */
  readonly everywhere?: boolean;
}

/** Makes the account with these rights; returns its token. */
export async function tokenOf(session: Session, { name, rules, everywhere = false }: Wanted): Promise<string> {
  const { namespace, client } = session;
  const kind = everywhere ? 'ClusterRole' : 'Role';
  const role = everywhere ? `${namespace}-${name}` : name;
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: role };
  await session.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    { ...rbac, kind, metadata: { name: role }, rules },
    { ...rbac, kind: `${kind}Binding`, metadata: { name: role }, roleRef, subjects },
  );
  const answer = await client.create<{ readonly status: { readonly token: string } }>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  );
  return answer.status.token;
}
