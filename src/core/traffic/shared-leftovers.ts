/**
 * How an object of people is left that a former spec has led through: all its requests return to the stable side, and once
 * every proxy has heard of that, the mark goes as well.
 */
import { invalidValue, type FieldError } from '../../api/words/field-error.ts';
import { ANNOTATIONS } from '../../api/words/labels.ts';
import type { Write } from '../../kube/plan.ts';
import type { Resource } from '../../kube/resources.ts';
import type { Situation } from '../observed/situation.ts';
import type { RolloutWorld } from '../observed/world.ts';
import type { Leftover } from './router.ts';
import { writtenKinds, type SharedKinds } from './shared-objects.ts';

interface Left {
  /** The share of the canary that it still has. */
  readonly weight: number;
  /** It has a rule that leads requests to the canary whatever the weight is. */
  readonly leadsBesideWeight: boolean;
  /** Takes the weight and such rules from it. */
  readonly emptying: () => Write | null;
  /** Takes the mark from it. */
  readonly unmarking: () => Write | null;
  /** How long its proxies need to act on a write. */
  readonly propagationMs: number;
  /** When they act on what it says now, as of `TrafficRouter.settledAt`. */
  readonly settledAt: number | null;
}

export function sharedLeftover({ now }: Situation, left: Left): Leftover {
  const { weight, leadsBesideWeight, settledAt } = left;
  if (weight > 0 || leadsBesideWeight) {
    const returnsRequests = weight > 0;
    const write = left.emptying();
    return { write, returnsRequests, leadsRequests: true, weight, settledAt: now + left.propagationMs };
  }
  const isSettled = settledAt === null || settledAt <= now;
  return {
    write: isSettled ? left.unmarking() : null,
    returnsRequests: false,
    leadsRequests: false,
    weight,
    settledAt: isSettled ? null : settledAt,
  };
}

/** For each kind that may hold something of the Rollout and may not be read: its pods stay until it can be read. */
export function unseenLeftovers({ world }: Situation, { resources }: SharedKinds): readonly Leftover[] {
  return unseenKinds(world, resources).map(() => UNSEEN);
}

const UNSEEN: Leftover = {
  write: null,
  returnsRequests: false,
  // An object that may not be read may still lead requests to the canary.
  leadsRequests: true,
  weight: 0,
  settledAt: Number.POSITIVE_INFINITY,
};

/** A kind that the spec does not name any more, and that cannot be left because it may not be read. */
export function unleavableKind(world: RolloutWorld, { component, resources, namedBy }: SharedKinds): FieldError | null {
  const named = namedBy(world.rollout);
  const left = unseenKinds(world, resources).find((kind) => !named.some(({ resource }) => resource === kind));
  if (left === undefined) return null;
  const why = world.unreadableRouted.get(left.plural) ?? '';
  return invalidValue(
    `metadata.annotations[${ANNOTATIONS.dividedRoutes}]`,
    left.plural,
    `the Rollout has led requests through ${left.plural}, and they may still reach the canary: ${why}; deploy/components/${component} grants it. When none of them leads to the canary, remove the annotation`,
  );
}

/** The kinds that hold something of the Rollout, as far as it has written that down, and that may not be read. */
function unseenKinds({ rollout, unreadableRouted }: RolloutWorld, resources: readonly Resource[]): readonly Resource[] {
  const written = writtenKinds(rollout);
  return resources.filter(({ plural }) => written.includes(plural) && unreadableRouted.has(plural));
}
