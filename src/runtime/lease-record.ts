/** A Lease as the API server stores it. */
import type { KubeObject } from '../kube/objects.ts';

export interface LeaseRecord {
  readonly resourceVersion: string;
  /** Empty when none holds it. */
  readonly holder: string;
  readonly leaseDurationMs: number;
  readonly transitions: number;
  readonly annotations: Readonly<Record<string, string>>;
}

export function leaseRecordOf(lease: KubeObject): LeaseRecord {
  const spec: unknown = 'spec' in lease ? lease.spec : undefined;
  const field = (name: string): unknown =>
    typeof spec === 'object' && spec !== null ? (spec as Readonly<Record<string, unknown>>)[name] : undefined;
  const holder = field('holderIdentity');
  const seconds = field('leaseDurationSeconds');
  const transitions = field('leaseTransitions');
  return {
    resourceVersion: lease.metadata.resourceVersion,
    holder: typeof holder === 'string' ? holder : '',
    leaseDurationMs: typeof seconds === 'number' ? seconds * 1000 : 0,
    transitions: typeof transitions === 'number' ? transitions : 0,
    annotations: lease.metadata.annotations ?? {},
  };
}
