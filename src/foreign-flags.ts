/**
 * Flags of other controllers of this API (spec 9.4) that tune what Serin does not have. Manifests for
 * those controllers carry them, so Serin accepts them with a warning. It refuses a flag that asks for a
 * feature that would be missing. The table is closed: every other flag is unknown.
 */
import { FlagError, type FlagTable, type FlagValues } from './flags.ts';

const NO_CLIENT_LOGGER = 'no client library logs by itself; see --loglevel';
const ONE_WORKER_POOL = 'one pool of workers does all the work; see --rollout-threads';
const NO_SUCH_ROUTER = 'Serin does not have this traffic router; it refuses a Rollout that asks for it';

const ONE_TRAEFIK_API = 'TraefikServices are traefik.io/v1alpha1; traefik.containo.us ended with Traefik 2';

/** The help of each says why it has no effect. */
export const FOREIGN_FLAGS = {
  kloglevel: { kind: 'count', default: 0, help: NO_CLIENT_LOGGER },
  'service-threads': { kind: 'count', default: 10, help: ONE_WORKER_POOL },
  'ingress-threads': { kind: 'count', default: 10, help: ONE_WORKER_POOL },
  'ephemeral-metadata-threads': { kind: 'count', default: 10, help: ONE_WORKER_POOL },
  'ephemeral-metadata-update-pod-retries': {
    kind: 'count',
    default: 3,
    help: 'a pod that could not be patched is patched when its Rollout is reconciled again',
  },
  'nginx-ingress-classes': {
    kind: 'list',
    default: ['nginx'],
    help: 'every Ingress that a Rollout names is watched, of any class',
  },
  'alb-ingress-classes': { kind: 'list', default: ['alb'], help: NO_SUCH_ROUTER },
  'alb-tag-key-resource-id': { kind: 'text', default: 'ingress.k8s.aws/resource', help: NO_SUCH_ROUTER },
  'alb-verify-weight': { kind: 'switch', default: false, help: NO_SUCH_ROUTER },
  'aws-verify-target-group': { kind: 'switch', default: false, help: NO_SUCH_ROUTER },
  'aws-target-group-binding-api-version': { kind: 'text', default: 'elbv2.k8s.aws/v1beta1', help: NO_SUCH_ROUTER },
  'ambassador-api-version': { kind: 'text', default: 'getambassador.io/v2', help: NO_SUCH_ROUTER },
  'appmesh-crd-version': { kind: 'text', default: 'v1beta2', help: NO_SUCH_ROUTER },
  'istio-api-version': {
    kind: 'text',
    default: 'v1alpha3',
    help: 'Istio serves all its versions of a VirtualService, and Serin reads them as v1beta1',
  },
  'traefik-api-group': { kind: 'text', default: 'traefik.io', help: ONE_TRAEFIK_API },
  'traefik-api-version': { kind: 'text', default: 'traefik.io/v1alpha1', help: ONE_TRAEFIK_API },
  'traffic-split-api-version': { kind: 'text', default: 'v1alpha1', help: NO_SUCH_ROUTER },
  'ingress-api-version': {
    kind: 'text',
    default: '',
    help: 'Ingresses are networking.k8s.io/v1; another version is refused',
  },
  'enable-pprof-address': { kind: 'text', default: '', help: 'Serin has no Go profiler' },
  controllers: {
    kind: 'list',
    default: [],
    help: 'those of Rollouts, AnalysisRuns and Experiments run together; others are refused',
  },
  'self-service-notification-enabled': {
    kind: 'switch',
    default: false,
    help: 'there are no notifications; true is refused',
  },
} as const satisfies FlagTable;

/**
 * One warning for each of these flags on the command line. Throws a FlagError for a flag whose feature
 * would be missing.
 */
export function foreignFlagWarnings(
  values: FlagValues<typeof FOREIGN_FLAGS>,
  given: ReadonlySet<string>,
): readonly string[] {
  // In other controllers it lists the controllers to run instead of all.
  const others = values.controllers
    .flatMap((list) => list.split(','))
    .filter((name) => !['', 'rollouts'].includes(name));
  if (others.length > 0) throw new FlagError(`--controllers can only be rollouts, not ${others.join(', ')}`);
  // People would wait for messages that never come.
  if (values['self-service-notification-enabled'])
    throw new FlagError('--self-service-notification-enabled can only be false: there are no notifications');
  // Kubernetes 1.22 removed the other versions.
  if (!['', 'networking.k8s.io/v1', 'v1'].includes(values['ingress-api-version']))
    throw new FlagError('--ingress-api-version can only be networking.k8s.io/v1');
  return Object.entries(FOREIGN_FLAGS)
    .filter(([name]) => given.has(name))
    .map(([name, { help }]) => `--${name} has no effect: ${help}`);
}
