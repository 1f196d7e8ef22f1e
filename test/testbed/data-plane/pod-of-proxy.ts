/** A Pod object for a proxy that is a process of its own: who looks for its pods finds its address. */
import type { ControlPlane } from '../cluster/control-plane.ts';

interface PodOfProxy {
  readonly name: string;
  readonly namespace: string;
  readonly app: string;
}

/** The Pod and its namespace exist, and it has the address of loopback, when this resolves. */
export async function standIn(plane: ControlPlane, { name, namespace, app }: PodOfProxy): Promise<void> {
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: { app } },
      // Nothing runs it: it stays without a node.
      spec: { schedulerName: 'none', containers: [{ name: 'proxy', image: 'proxy' }] },
    },
  ];
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: objects.map((one) => JSON.stringify(one)).join('\n---\n') });
  const status = { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] };
  await plane.mustKubectl([
    'patch',
    'pod',
    name,
    '--namespace',
    namespace,
    '--subresource=status',
    '--type=merge',
    `--patch=${JSON.stringify({ status })}`,
  ]);
}
