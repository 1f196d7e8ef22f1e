/**
 * Which Services an Ingress leads to. It knows no dialect.
 */
import { onceFor } from '../../../kube/once-for.ts';
import type { Ingress } from '../../../kube/objects.ts';

/** Names of the Services behind its paths and its default backend. */
export const backendServices = onceFor(({ spec }: Ingress): ReadonlySet<string> => {
  const backends = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap((rule) => (rule.http?.paths ?? []).map((path) => path.backend)),
  ];
  return new Set(backends.flatMap((backend) => backend?.service?.name ?? []));
});
