/**
 * An admission policy in a test's own namespace: somebody else's rule that refuses what the controller writes.
 */
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Session } from './session.ts';

export interface Rule {
  readonly apiGroup: string;
  /** `v1` by default. */
  readonly apiVersion?: string;
  /** `ingresses`, or a part of it: `rollouts/status`. */
  readonly resource: string;
  readonly operations: readonly string[];
  /** In CEL: what must be true of an object that is written. */
  readonly expression: string;
  /** What whoever breaks it is told. */
  readonly message: string;
}

/** It ends at the latest when it is disposed of. */
export interface Refusal extends AsyncDisposable {
  /** It may take a moment until the API server knows. */
  lift(): Promise<void>;
}

/** The rule is in force when this resolves: `probe`, the arguments of a kubectl that breaks it without an effect, is refused. */
export async function refuse(session: Session, rule: Rule, probe: readonly string[], stdin?: string): Promise<Refusal> {
  const name = `${session.namespace}-${rule.resource.replace('/', '-')}`;
  await session.apply(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [rule.apiGroup],
              apiVersions: [rule.apiVersion ?? 'v1'],
              operations: rule.operations,
              resources: [rule.resource],
            },
          ],
        },
        validations: [{ expression: rule.expression, message: rule.message }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': session.namespace } },
        },
      },
    },
  );
  await waitFor(() => session.tryKubectl([...probe, '--dry-run=server'], stdin), {
    what: `the API server to refuse with: ${rule.message}`,
    until: ({ code, stderr }) => code !== 0 && stderr.includes(rule.message),
  });
  const lift = async (): Promise<void> => {
    for (const kind of ['validatingadmissionpolicybinding', 'validatingadmissionpolicy']) {
      await session.kubectl('delete', kind, name, '--ignore-not-found');
    }
  };
  return { lift, [Symbol.asyncDispose]: lift };
}
