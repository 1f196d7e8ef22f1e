/**
 * What a plan does to the world that it was decided on, as tables ask for it.
 */
import { LABELS } from '../../src/api/words/labels.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import { decideRollout } from '../../src/core/rollout/decide.ts';
import { templateHashOf } from '../../src/core/observed/replica-sets.ts';
import type { RolloutWorld } from '../../src/core/observed/world.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { PatchWrite, Plan, Write } from '../../src/kube/plan.ts';
import { patched } from '../../src/kube/patched.ts';

function isPatchOf(plural: string) {
  return (write: Write): write is PatchWrite => write.op === 'patch' && write.resource.plural === plural;
}

/** The Rollout once the plan is carried out. */
function rolloutAfter({ rollout }: RolloutWorld, writes: readonly Write[]): Rollout {
  return writes
    .filter(isPatchOf('rollouts'))
    .reduce<JsonObject>(
      (seen, { patch }) => patched(seen, patch),
      rollout as unknown as JsonObject,
    ) as unknown as Rollout;
}

/** Its status. */
export function statusAfter(world: RolloutWorld, writes: readonly Write[]): NonNullable<Rollout['status']> {
  return rolloutAfter(world, writes).status ?? {};
}

/** The write of a plan that reports; `undefined` when there is nothing to say. */
export function reportIn({ writes }: Plan): PatchWrite | undefined {
  return writes.find((one): one is PatchWrite => one.op === 'patch' && one.subresource === 'status');
}

/** What a plan changes in the status; a key that goes is `null`. */
export function statusOf(plan: Plan): RolloutStatus {
  return (reportIn(plan)?.patch['status'] ?? {}) as RolloutStatus;
}

/** Looks with nothing happening in between; more than any world of a table needs. */
const LOOKS = 4;

/** The Rollout once everything that can be said about the world without any change of pods and traffic has been said. */
export function reportedOn(world: RolloutWorld): Rollout {
  let seen = world;
  for (let look = 0; look < LOOKS; look += 1) {
    const { writes } = decideRollout(seen);
    seen = { ...seen, now: seen.now + 3000, rollout: rolloutAfter(seen, writes) };
  }
  return seen.rollout;
}

interface Size {
  readonly hash: string;
  readonly from: number;
  readonly to: number;
  readonly available: number;
}

/** What becomes of every ReplicaSet. */
export function sizesAfter({ replicaSets }: RolloutWorld, writes: readonly Write[]): readonly Size[] {
  return replicaSets.map((one) => {
    const resized = writes
      .filter(isPatchOf('replicasets'))
      .filter(({ name }) => name === one.metadata.name)
      .flatMap(({ patch }) => (patch['spec'] as { replicas?: number } | undefined)?.replicas ?? []);
    const from = one.spec.replicas ?? 1;
    return { hash: templateHashOf(one), from, to: resized[0] ?? from, available: one.status?.availableReplicas ?? 0 };
  });
}

/** The template hash that a Service selects, '' for none. */
export function selectedIn({ services }: RolloutWorld, service: string): string {
  return services.get(service)?.spec.selector?.[LABELS.podTemplateHash] ?? '';
}

/** The hashes that a Service is pointed at, `null` where it is given back. */
export function selectionsOf(writes: readonly Write[], service: string): readonly (string | null)[] {
  return writes
    .filter(isPatchOf('services'))
    .filter(({ name }) => name === service)
    .flatMap(({ patch }) => {
      const { selector } = (patch['spec'] ?? {}) as { selector?: Record<string, string | null> };
      return selector?.[LABELS.podTemplateHash] === undefined ? [] : [selector[LABELS.podTemplateHash] ?? null];
    });
}
