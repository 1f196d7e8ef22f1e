/**
 * Flags of other controllers of this API (spec 9.4) that tune what Serin does not have. Manifests that
 * people bring along carry them, so they are read and named in a warning; one that asks for a feature
 * which would be missed is refused. It is a closed table: every other flag stays unknown.
 */
import { FlagError, type FlagTable, type FlagValues } from './flags.ts';

const NO_CLIENT_LOGGER = 'there is no separate client library that logs; see --loglevel';
const ONE_WORKER_POOL = 'one pool of workers does everything for a Rollout; see --rollout-threads';
const NO_SUCH_KIND = 'no such objects are reconciled: a Rollout that asks for one is refused by itself';
const NO_SUCH_ROUTER = 'there is no such traffic router: a Rollout that asks for it is refused by itself';

/** The help of each says why it has no effect. */
export const FOREIGN_FLAGS = {
  kloglevel: { kind: 'count', default: 0, help: NO_CLIENT_LOGGER },
  'experiment-threads': { kind: 'count', default: 10, help: NO_SUCH_KIND },
  'analysis-threads': { kind: 'count', default: 30, help: NO_SUCH_KIND },
  'service-threads': { kind: 'count', default: 10, help: ONE_WORKER_POOL },
  'ingress-threads': { kind: 'count', default: 10, help: ONE_WORKER_POOL },
  'ephemeral-metadata-threads': { kind: 'count', default: 10, help: ONE_WORKER_POOL },
  'ephemeral-metadata-update-pod-retries': {
    kind: 'count',
    default: 3,
    help: 'a pod that could not be patched is patched when its Rollout is looked at again',
  },
  'nginx-ingress-classes': {
    kind: 'list',
    default: ['nginx'],
    help: 'every Ingress that a Rollout names is watched, whatever its class',
  },
  'alb-ingress-classes': { kind: 'list', default: ['alb'], help: NO_SUCH_ROUTER },
  'alb-tag-key-resource-id': { kind: 'text', default: 'ingress.k8s.aws/resource', help: NO_SUCH_ROUTER },
  'alb-verify-weight': { kind: 'switch', default: false, help: NO_SUCH_ROUTER },
  'aws-verify-target-group': { kind: 'switch', default: false, help: NO_SUCH_ROUTER },
  'aws-target-group-binding-api-version': { kind: 'text', default: 'elbv2.k8s.aws/v1beta1', help: NO_SUCH_ROUTER },
  'ambassador-api-version': { kind: 'text', default: 'getambassador.io/v2', help: NO_SUCH_ROUTER },
  'appmesh-crd-version': { kind: 'text', default: 'v1beta2', help: NO_SUCH_ROUTER },
  'istio-api-version': { kind: 'text', default: 'v1alpha3', help: NO_SUCH_ROUTER },
  'traefik-api-group': { kind: 'text', default: 'traefik.io', help: NO_SUCH_ROUTER },
  'traefik-api-version': { kind: 'text', default: 'traefik.io/v1alpha1', help: NO_SUCH_ROUTER },
  'traffic-split-api-version': { kind: 'text', default: 'v1alpha1', help: NO_SUCH_ROUTER },
  'ingress-api-version': {
    kind: 'text',
    default: '',
    help: 'Ingresses are read and written as networking.k8s.io/v1; another version is refused',
  },
  'enable-pprof-address': { kind: 'text', default: '', help: 'the profiler of Go has no counterpart here' },
  controllers: {
    kind: 'list',
    default: [],
    help: 'only the controller of Rollouts runs; any other is refused',
  },
  'self-service-notification-enabled': {
    kind: 'switch',
    default: false,
    help: 'there are no notifications; true is refused',
  },
} as const satisfies FlagTable;

/**
 * One warning for each of these flags that was given. Throws a FlagError where the controller would start
 * and then not do what it was asked for.
 */
export function foreignFlagWarnings(
  values: FlagValues<typeof FOREIGN_FLAGS>,
  given: ReadonlySet<string>,
): readonly string[] {
  // Elsewhere it names the controllers to run in the place of all.
  const others = values.controllers
    .flatMap((list) => list.split(','))
    .filter((name) => !['', 'rollouts'].includes(name));
  if (others.length > 0) throw new FlagError(`--controllers can only be rollouts, not ${others.join(', ')}`);
  // People would wait for messages that nobody sends.
  if (values['self-service-notification-enabled'])
    throw new FlagError('--self-service-notification-enabled can only be false: there are no notifications');
  // The others that were possible are gone from the API server since Kubernetes 1.22.
  if (!['', 'networking.k8s.io/v1', 'v1'].includes(values['ingress-api-version']))
    throw new FlagError('--ingress-api-version can only be networking.k8s.io/v1');
  return Object.entries(FOREIGN_FLAGS)
    .filter(([name]) => given.has(name))
    .map(([name, { help }]) => `--${name} has no effect: ${help}`);
}
