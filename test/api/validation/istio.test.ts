import { expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../src/api/schema/canary.ts';
import type { TrafficRouting } from '../../../src/api/schema/traffic-routing.ts';
import { fieldErrorText, firstOf } from '../../../src/api/words/field-error.ts';
import { istioErrors } from '../../../src/api/validation/istio.ts';
import { nginxCanary } from '../sample-rollout.ts';

type IstioRouting = NonNullable<TrafficRouting['istio']>;

const ISTIO = 'spec.strategy.canary.trafficRouting.istio';
const WEB = { virtualService: { name: 'web' } };
const SUBSETS = { name: 'web', stableSubsetName: 'stable', canarySubsetName: 'canary' };

function errorOf(istio: IstioRouting, more: CanaryStrategy = {}): string | null {
  const found = firstOf(istioErrors(nginxCanary({ trafficRouting: { istio }, ...more })));
  return found === null ? null : fieldErrorText(found);
}

const OWN = nginxCanary().metadata.namespace ?? '';

test.each<{ readonly name: string; readonly istio: IstioRouting }>([
  { name: 'one VirtualService', istio: WEB },
  { name: 'a route of it', istio: { virtualService: { name: 'web', routes: ['primary'] } } },
  { name: 'several', istio: { virtualServices: [{ name: 'web' }, { name: 'inner' }] } },
  { name: 'its own namespace after the name', istio: { virtualService: { name: `web.${OWN}` } } },
  { name: 'its own namespace before the name', istio: { virtualService: { name: `${OWN}/web` } } },
  { name: 'subsets', istio: { ...WEB, destinationRule: SUBSETS } },
])('$name is accepted', ({ istio }) => {
  expect(errorOf(istio)).toBeNull();
});

const OTHER_NAMESPACE =
  'a VirtualService of another namespace is not supported, only those of the namespace of the Rollout';
const OTHER_ROUTES =
  'Serin divides the HTTP routes of a VirtualService, not its tlsRoutes and tcpRoutes; a TCP connection has no share that can be taken back';
const BESIDE_SUBSETS =
  'must be set beside destinationRule as well: its subsets follow the two Services, whose endpoints show which pods get requests';

test.each<{
  readonly name: string;
  readonly istio: IstioRouting;
  readonly more?: CanaryStrategy;
  readonly error: string;
}>([
  {
    name: 'no VirtualService',
    istio: { destinationRule: SUBSETS },
    error: `${ISTIO}.virtualService: Required value: name the VirtualService whose weights divide the traffic: virtualService or virtualServices`,
  },
  {
    name: 'both forms',
    istio: { ...WEB, virtualServices: [{ name: 'inner' }] },
    error: `${ISTIO}.virtualServices: Forbidden: set one of virtualService and virtualServices, not both`,
  },
  {
    name: 'another namespace',
    istio: { virtualServices: [{ name: 'web' }, { name: 'web.gateways' }] },
    error: `${ISTIO}.virtualServices[1].name: Invalid value: "gateways": ${OTHER_NAMESPACE}`,
  },
  {
    name: 'another namespace before the name',
    istio: { virtualService: { name: 'gateways/web' } },
    error: `${ISTIO}.virtualService.name: Invalid value: "gateways": ${OTHER_NAMESPACE}`,
  },
  {
    name: 'no name',
    istio: { virtualService: { name: '' } },
    error: `${ISTIO}.virtualService.name: Invalid value: "": must be a name, name.namespace or namespace/name`,
  },
  {
    name: 'one twice',
    istio: { virtualServices: [{ name: 'web' }, { name: `${OWN}/web` }] },
    error: `${ISTIO}.virtualServices[1].name: Duplicate value: "web"`,
  },
  {
    name: 'TCP routes',
    istio: { virtualService: { name: 'web', tcpRoutes: [{ port: 1 }] } },
    error: `${ISTIO}.virtualService: Forbidden: ${OTHER_ROUTES}`,
  },
  {
    name: 'TLS routes',
    istio: { virtualServices: [{ name: 'web', tlsRoutes: [{ port: 1 }] }] },
    error: `${ISTIO}.virtualServices[0]: Forbidden: ${OTHER_ROUTES}`,
  },
  {
    name: 'one subset for both sides',
    istio: { ...WEB, destinationRule: { ...SUBSETS, canarySubsetName: 'stable' } },
    error: `${ISTIO}.destinationRule.canarySubsetName: Invalid value: "stable": must be another subset than stableSubsetName`,
  },
  {
    name: 'a subset without a name',
    istio: { ...WEB, destinationRule: { ...SUBSETS, canarySubsetName: '' } },
    error: `${ISTIO}.destinationRule.canarySubsetName: Required value: must be the name of a subset`,
  },
  {
    name: 'subsets without Services',
    istio: { ...WEB, destinationRule: SUBSETS },
    more: { canaryService: '' },
    error: `spec.strategy.canary.canaryService: Required value: ${BESIDE_SUBSETS}`,
  },
  {
    name: 'the weight of an Experiment',
    istio: WEB,
    more: { steps: [{ experiment: { templates: [{ name: 'a', specRef: 'canary', weight: 5 }] } }] },
    error:
      'spec.strategy.canary.steps[0].experiment.templates[0].weight: Forbidden: an Experiment gets no share of the requests of a VirtualService',
  },
])('$name is refused', ({ istio, more, error }) => {
  expect(errorOf(istio, more)).toBe(error);
});
