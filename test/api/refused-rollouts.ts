/**
 * Rollouts that the API server refuses when they are applied, by the rules of their definition: each breaks one. They say
 * the same to whoever applies the rules without a server.
 */
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import { canary, nginxCanary, rollout } from './sample-rollout.ts';

interface RefusedRollout {
  readonly name: string;
  readonly object: Rollout;
  /** The words of the API server, where they are not those of validation. */
  readonly says?: string;
}

const { selector: _, ...withoutSelector } = rollout().spec;
const routes = (steps: CanaryStrategy['steps'], managed: readonly string[] | null) =>
  nginxCanary({
    trafficRouting: {
      nginx: { stableIngress: 'web' },
      ...(managed === null ? {} : { managedRoutes: managed.map((name) => ({ name })) }),
    },
    ...(steps === undefined ? {} : { steps }),
  });
const selecting = (term: { readonly key: string; readonly operator: string; readonly values: readonly string[] }) =>
  rollout({
    selector: { matchExpressions: [term] },
    strategy: { canary: { canaryMetadata: { labels: { app: 'x' } } } },
  });
const pingPong = { pingService: 'ping', pongService: 'pong' };
const alb = { ingress: 'web', servicePort: 80 };
const weighted = [{ experiment: { templates: [{ name: 'a', specRef: 'canary', weight: 1 }] } }];

export const REFUSED_ROLLOUTS: readonly RefusedRollout[] = [
  { name: 'negative replicas', object: rollout({ replicas: -1 }), says: 'greater than or equal to 0' },
  { name: 'negative min ready', object: rollout({ minReadySeconds: -1 }), says: 'greater than or equal to 0' },
  { name: 'negative history', object: rollout({ revisionHistoryLimit: -1 }), says: 'greater than or equal to 0' },
  { name: 'negative deadline', object: rollout({ progressDeadlineSeconds: -1 }), says: 'greater than or equal to 0' },
  { name: 'short deadline', object: rollout({ progressDeadlineSeconds: 5, minReadySeconds: 5 }) },
  { name: 'no selector', object: { ...rollout(), spec: withoutSelector } },
  { name: 'empty selector', object: rollout({ selector: {} }) },
  { name: 'no strategy', object: rollout({ strategy: {} }) },
  { name: 'two strategies', object: rollout({ strategy: { canary: {}, blueGreen: { activeService: 'web' } } }) },
  {
    name: 'one blue-green service',
    object: rollout({ strategy: { blueGreen: { activeService: 'web', previewService: 'web' } } }),
  },
  {
    name: 'more delayed revisions than kept ones',
    object: rollout({
      revisionHistoryLimit: 1,
      strategy: { blueGreen: { activeService: 'web', scaleDownDelayRevisionLimit: 2 } },
    }),
  },
  {
    name: 'a role that changes a label of the selector',
    object: canary({ canaryMetadata: { labels: { app: 'x' } } }),
  },
  { name: 'routes without Services', object: canary({ trafficRouting: { gatewayAPI: { httpRoute: 'web' } } }) },
  { name: 'a stable role that does', object: canary({ stableMetadata: { labels: { app: 'x' } } }) },
  {
    name: 'an active role that does',
    object: rollout({ strategy: { blueGreen: { activeService: 'web', activeMetadata: { labels: { app: 'x' } } } } }),
  },
  {
    name: 'a preview role that does',
    object: rollout({ strategy: { blueGreen: { activeService: 'web', previewMetadata: { labels: { app: 'x' } } } } }),
  },
  {
    name: 'a role with a value that is not in the list of the selector',
    object: selecting({ key: 'app', operator: 'In', values: ['web', 'y'] }),
  },
  {
    name: 'a role with a value that the selector excludes',
    object: selecting({ key: 'app', operator: 'NotIn', values: ['x'] }),
  },
  {
    name: 'a role with the hash label',
    object: canary({ canaryMetadata: { labels: { 'rollouts-pod-template-hash': 'x' } } }),
  },
  { name: 'no surge and none unavailable', object: canary({ maxSurge: '0%', maxUnavailable: 0 }) },
  { name: 'one canary service', object: canary({ stableService: 'web', canaryService: 'web' }) },
  { name: 'nginx without stable service', object: nginxCanary({ stableService: '' }) },
  { name: 'nginx without canary service', object: nginxCanary({ canaryService: '' }) },
  { name: 'alb without services', object: canary({ trafficRouting: { alb } }) },
  { name: 'istio without services', object: canary({ trafficRouting: { istio: {} } }) },
  { name: 'delay without router', object: canary({ scaleDownDelaySeconds: 1 }) },
  { name: 'dynamic scale without router', object: canary({ dynamicStableScale: true }) },
  { name: 'dynamic scale with delay', object: nginxCanary({ dynamicStableScale: true, scaleDownDelaySeconds: 1 }) },
  { name: 'total without nginx', object: canary({ trafficRouting: { maxTrafficWeight: 200 } }) },
  { name: 'ping-pong with nginx', object: nginxCanary({ pingPong }) },
  { name: 'ping-pong without pong', object: canary({ pingPong: { ...pingPong, pongService: '' } }) },
  { name: 'ping-pong with one service', object: canary({ pingPong: { ...pingPong, pongService: 'ping' } }) },
  { name: 'ping-pong without root service', object: canary({ pingPong, trafficRouting: { alb } }) },
  { name: 'anti-affinity of no kind', object: canary({ antiAffinity: {} }) },
  {
    name: 'anti-affinity beyond 100',
    object: canary({ antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight: 101 } } }),
    says: 'less than or equal to 100',
  },
  { name: 'step without verb', object: canary({ steps: [{ setWeight: 1 }, {}] }) },
  { name: 'step with two verbs', object: canary({ steps: [{ setWeight: 1, pause: {} }] }) },
  { name: 'weight below 0', object: canary({ steps: [{ setWeight: -1 }] }), says: 'greater than or equal to 0' },
  { name: 'weight above 100', object: canary({ steps: [{ setWeight: 101 }] }) },
  {
    name: 'weight above the total',
    object: nginxCanary({
      trafficRouting: { nginx: { stableIngress: 'web' }, maxTrafficWeight: 200 },
      steps: [{ setWeight: 201 }],
    }),
    says: 'SetWeight needs to be between 0 and maxTrafficWeight',
  },
  {
    name: 'pause below 0',
    object: canary({ steps: [{ pause: { duration: -1 } }] }),
    says: 'greater than or equal to 0',
  },
  { name: 'unreadable pause', object: canary({ steps: [{ pause: { duration: 'long' } }] }), says: 'should match' },
  { name: 'canary scale without router', object: canary({ steps: [{ setCanaryScale: { replicas: 1 } }] }) },
  { name: 'header route without router', object: canary({ steps: [{ setHeaderRoute: { name: 'a' } }] }) },
  { name: 'header route without managed routes', object: routes([{ setHeaderRoute: { name: 'a' } }], null) },
  { name: 'header route that is not managed', object: routes([{ setHeaderRoute: { name: 'a' } }], ['b']) },
  {
    name: 'header without a value',
    object: routes([{ setHeaderRoute: { name: 'a', match: [{ headerName: 'X' }] } }], ['a']),
  },
  {
    name: 'header with an empty value',
    object: routes(
      [{ setHeaderRoute: { name: 'a', match: [{ headerName: 'X', headerValue: { exact: '' } }] } }],
      ['a'],
    ),
  },
  {
    name: 'header with two values',
    object: routes(
      [{ setHeaderRoute: { name: 'a', match: [{ headerName: 'X', headerValue: { exact: 'a', prefix: 'b' } }] } }],
      ['a'],
    ),
  },
  { name: 'mirror route with nginx', object: routes([{ setMirrorRoute: { name: 'a' } }], ['a']) },
  { name: 'experiment weight with nginx', object: nginxCanary({ steps: weighted }) },
];
