/** Rollouts that differ in what makes releases dangerous: how many pods, how they start and stop, and how stable shrinks. */
import type { Kind } from './rollout.ts';

export interface NamedKind {
  readonly name: string;
  readonly kind: Kind;
}

/** With the default delays, and with as few stable pods as the weight allows. */
function both(name: string, kind: Kind): readonly NamedKind[] {
  return [
    { name, kind },
    { name: `${name}, dynamicStableScale`, kind: { ...kind, canary: { dynamicStableScale: true } } },
  ];
}

/** Closes its port at once when it is told to stop, as most programs do. */
const HASTY: Kind = { repository: 'shop/web' };
/** What is recommended for such programs: they are told when the proxy has heard of it. */
const PRE_STOP: Kind = { ...HASTY, container: { lifecycle: { preStop: { sleep: { seconds: 5 } } } } };
const SLOW: Kind = {
  ...HASTY,
  container: { readinessProbe: { initialDelaySeconds: 2, periodSeconds: 1, httpGet: { path: '/', port: 8080 } } },
};

export const HASTY_PODS = both('four hasty pods', HASTY);
/** Pods that an autoscaler takes away have to be told in time: nobody waits for the proxy on their behalf. */
export const AUTOSCALED_PODS = both('pods with preStop', { ...PRE_STOP, autoscaled: true });

/**
 * For releases that stand at a pause until the stable side has shrunk: pods that leave while others of their revision serve
 * have to be told in time, too.
 */
export const PATIENT_PODS: readonly NamedKind[] = [
  { name: 'four hasty pods', kind: HASTY },
  {
    name: 'four hasty pods with preStop, dynamicStableScale',
    kind: { ...PRE_STOP, canary: { dynamicStableScale: true } },
  },
];

export const KINDS: readonly NamedKind[] = [
  ...HASTY_PODS,
  ...both('one hasty pod', { ...HASTY, replicas: 1 }),
  ...both('four hasty pods with preStop', PRE_STOP),
  ...both('four slowly ready hasty pods', SLOW),
  ...both('four pods', {}),
  ...both('one pod', { replicas: 1 }),
];
