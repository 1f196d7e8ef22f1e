import { expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../src/api/schema/canary.ts';
import { fieldErrorText, firstOf } from '../../../src/api/words/field-error.ts';
import { traefikErrors } from '../../../src/api/validation/traefik.ts';
import { nginxCanary } from '../sample-rollout.ts';

const CANARY = 'spec.strategy.canary';
const TESTERS = { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] };

test.each<{ readonly name: string; readonly canary: CanaryStrategy; readonly error: string | null }>([
  {
    name: 'a TraefikService',
    canary: { trafficRouting: { traefik: { weightedTraefikServiceName: 'web' } }, steps: [{ setWeight: 20 }] },
    error: null,
  },
  {
    name: 'no name',
    canary: { trafficRouting: { traefik: { weightedTraefikServiceName: '' } } },
    error: `${CANARY}.trafficRouting.traefik.weightedTraefikServiceName: Required value: name the TraefikService whose weights divide the traffic`,
  },
  {
    name: 'a header route, which only the other router could have',
    canary: {
      trafficRouting: { traefik: { weightedTraefikServiceName: 'web' }, nginx: { stableIngress: 'web' } },
      steps: [{ setHeaderRoute: TESTERS }],
    },
    error: `${CANARY}.steps[0].setHeaderRoute: Invalid value: ${JSON.stringify(TESTERS)}: a TraefikService matches no header, so a step cannot lead by one while traefik is set`,
  },
  {
    name: 'a header route that is taken away',
    canary: {
      trafficRouting: { traefik: { weightedTraefikServiceName: 'web' }, nginx: { stableIngress: 'web' } },
      steps: [{ setHeaderRoute: { name: 'testers' } }],
    },
    error: null,
  },
  {
    name: 'header routes of another router',
    canary: { trafficRouting: { nginx: { stableIngress: 'web' } }, steps: [{ setHeaderRoute: TESTERS }] },
    error: null,
  },
])('$name', ({ canary, error }) => {
  const found = firstOf(traefikErrors(nginxCanary(canary)));
  expect(found === null ? null : fieldErrorText(found)).toBe(error);
});
