/** A Gateway for HTTPRoutes of every namespace, and the class of those who serve it. */
import type { ControlPlane } from '../cluster/control-plane.ts';
import { waitFor } from '../cluster/wait.ts';

const NAMESPACE = 'default';

/** As routes name it. */
export const GATEWAY = { name: 'edge', namespace: NAMESPACE } as const;

interface GatewayOptions {
  readonly className: string;
  /** Who serves the class. */
  readonly controllerName: string;
  /** Of its one listener. */
  readonly port: number;
}

/** The definitions of the Gateway API have to be served; the Gateway and its class exist when this resolves. */
export async function createGateway(
  plane: ControlPlane,
  { className, controllerName, port }: GatewayOptions,
): Promise<void> {
  const objects = [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: className },
      spec: { controllerName },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: GATEWAY,
      spec: {
        gatewayClassName: className,
        listeners: [{ name: 'http', protocol: 'HTTP', port, allowedRoutes: { namespaces: { from: 'All' } } }],
      },
    },
  ];
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: objects.map((one) => JSON.stringify(one)).join('\n---\n') });
}

interface GatewaySeen {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Resolves once its controller has taken the Gateway in. */
export async function gatewayServed(plane: ControlPlane): Promise<void> {
  const look = async (): Promise<GatewaySeen> => {
    const args = ['get', 'gateway', GATEWAY.name, '--namespace', NAMESPACE, '-o', 'json'];
    return JSON.parse(await plane.mustKubectl(args)) as GatewaySeen;
  };
  await waitFor(look, {
    what: 'the Gateway to be accepted',
    until: ({ status }) => status?.conditions?.some((one) => one.type === 'Accepted' && one.status === 'True') === true,
  });
}

/** What an administrator does who has seen a class do more than it says. */
export async function listFeatures(plane: ControlPlane, className: string, features: readonly string[]): Promise<void> {
  const status = { supportedFeatures: features.toSorted().map((name) => ({ name })) };
  const args = ['patch', 'gatewayclass', className, '--subresource=status', '--type=merge'];
  await plane.mustKubectl([...args, `--patch=${JSON.stringify({ status })}`]);
}
