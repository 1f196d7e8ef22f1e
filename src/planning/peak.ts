/** The most that a release needs at once. */
import type { Moment } from './course.ts';
import type { PodUse } from './pod-use.ts';

export interface Peak {
  readonly pods: number;
  /** By resource, as Kubernetes writes quantities: `250m`, `64Mi`. Each is the most at any moment. */
  readonly requests: Readonly<Record<string, string>>;
  /** How many pods at once request no CPU or no memory. */
  readonly unrequested: number;
}

export function peakOf(moments: readonly Moment[]): Peak {
  const uses = moments.map(({ use }) => use);
  const resources = [...new Set(uses.flatMap(({ requests }) => [...requests.keys()]))].toSorted();
  return {
    pods: most(uses, ({ pods }) => pods),
    requests: Object.fromEntries(
      resources.map((resource) => [resource, quantityText(resource, mostOf(uses, resource))]),
    ),
    unrequested: most(uses, ({ unrequested }) => unrequested),
  };
}

function most(uses: readonly PodUse[], numberOf: (use: PodUse) => number): number {
  return Math.max(0, ...uses.map(numberOf));
}

function mostOf(uses: readonly PodUse[], resource: string): bigint {
  return uses.reduce((sum, { requests }) => {
    const nanos = requests.get(resource) ?? 0n;
    return nanos > sum ? nanos : sum;
  }, 0n);
}

const NANOS = 1_000_000_000n;
const MILLI = 1_000_000n;
const BINARY: readonly (readonly [suffix: string, size: bigint])[] = [
  ['Gi', 1024n ** 3n],
  ['Mi', 1024n ** 2n],
  ['Ki', 1024n],
];

function quantityText(resource: string, nanos: bigint): string {
  if (resource !== 'memory' && !resource.includes('storage') && !resource.startsWith('hugepages-'))
    return nanos % NANOS === 0n ? String(nanos / NANOS) : `${(nanos + MILLI - 1n) / MILLI}m`;
  const bytes = (nanos + NANOS - 1n) / NANOS;
  const [suffix, size] = BINARY.find(([, unit]) => bytes >= unit && bytes % unit === 0n) ?? ['', 1n];
  return `${bytes / size}${suffix}`;
}
