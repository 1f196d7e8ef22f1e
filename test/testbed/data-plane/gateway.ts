/** A Gateway that Traefik serves, for HTTPRoutes of every namespace. */
import { installGatewayApi } from '../cluster/gateway-api.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { waitFor } from '../cluster/wait.ts';

const CLASS = 'traefik';
const NAMESPACE = 'default';

/** As routes name it. */
export const GATEWAY = { name: 'edge', namespace: NAMESPACE } as const;

/** The definitions are served, and there is a Gateway for what arrives at the port, when this resolves. */
export async function prepareGateway(plane: ControlPlane, port: number): Promise<void> {
  await installGatewayApi(plane);
  const objects = [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: CLASS },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: GATEWAY,
      spec: {
        gatewayClassName: CLASS,
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
