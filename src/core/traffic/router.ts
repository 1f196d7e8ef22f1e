/**
 * What a traffic router is to Serin: it says what the cluster shows of the split, and renders the writes that change it.
 * The strategy decides when.
 */
import type { BlockedOn } from '../acts/blocked.ts';
import type { Hazard } from '../acts/hazard.ts';
import type { Situation } from '../observed/situation.ts';
import type { RolloutWorld } from '../observed/world.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import type { HeaderRouteMatch, MirrorMatch } from '../../api/schema/steps.ts';
import type { FieldError } from '../../api/words/field-error.ts';
import type { Write } from '../../kube/plan.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { RolloutName } from './shared-edit.ts';
import type { Shared, SharedKinds } from './shared-objects.ts';
import type { RouterWatch } from './watch.ts';

/** A managed route that a step switches on. */
export interface HeaderRoute {
  readonly name: string;
  readonly matches: readonly HeaderRouteMatch[];
}

/** A managed route that sends copies of requests to the canary; its answers to them reach no one. */
export interface MirrorRoute {
  readonly name: string;
  /** A request has to match one of them. */
  readonly matches: readonly MirrorMatch[];
  /** Of the requests that match, 0 to 100. */
  readonly percentage: number;
}

/** How requests are to be divided between the stable and the canary Service. */
export interface TrafficSplit {
  /** The canary's share, 0 to `maxTrafficWeight`. */
  readonly weight: number;
  /** Requests that go to the canary whatever the weight. */
  readonly headerRoutes: readonly HeaderRoute[];
  /** Absent where none is switched on. */
  readonly mirrorRoutes?: readonly MirrorRoute[];
}

/** What the cluster shows of the present split. Several objects may disagree while a change is under way. */
export interface ObservedSplit {
  readonly lowestWeight: number;
  readonly highestWeight: number;
}

/** An object in the namespace of the Rollout. */
export interface ObjectRef {
  readonly resource: Resource;
  readonly name: string;
}

/** Objects of people that a router divides requests in, and how it leaves them. */
export interface SharedByRouter {
  readonly kinds: SharedKinds;
  /** The write that takes a Rollout that is gone out of one of them at once; `null` where nothing of it is left. */
  departure(rollout: RolloutName, found: Shared): Write | null;
}

export interface TrafficRouter {
  /** The router's name in `rollout_info`. */
  readonly name: string;
  /** Where a weight is written, as a sentence calls it: `canary Ingress`. */
  readonly place: string;
  /** Whether a weight has an effect: without a router the number of pods divides the traffic. */
  readonly routes: boolean;
  readonly watch: RouterWatch;
  /** Where it divides requests in objects of people; absent where its objects are its own. */
  readonly shared?: SharedByRouter;
  /** The objects that the spec leads through: those that it names, and those that are written beside them. */
  references(rollout: Rollout): readonly ObjectRef[];
  /** The objects that the spec names and that are not there. */
  missingReferences(world: RolloutWorld): Iterable<FieldError>;
  /** Those that are there and cannot be led through, and names that say too little or too much. */
  unfitReferences(world: RolloutWorld): Iterable<FieldError>;
  /** What the spec asks for and the proxies of its objects do not have, as far as they say what they have. */
  unsupported(world: RolloutWorld): Iterable<FieldError>;
  observe(situation: Situation): ObservedSplit;
  /** Whether the cluster shows a rule that leads requests to the canary whatever the weight is: a header, a cookie. */
  leadsBesideWeight(situation: Situation): boolean;
  /**
   * How long the slowest of its proxies that are known of needs to act on a change, in milliseconds; 0 where none is.
   */
  propagationMs(situation: Situation): number;
  /**
   * When every proxy is sure to act on what the objects say now, in milliseconds since the epoch; `null` when no
   * write of ours can still be on its way to a proxy, and Infinity while that is not known: an event will tell.
   */
  settledAt(situation: Situation): number | null;
  /** Why the split cannot be brought about at all; `null` when it can. */
  blockedOn(situation: Situation): BlockedOn | null;
  /** Which proxy has yet to report that it has seen the split as it is written; `null` where none reports such a thing. */
  unconfirmed(situation: Situation): BlockedOn | null;
  /** What will not do what the Rollout's author expects, although every write succeeds. */
  hazards(situation: Situation): readonly Hazard[];
  /** Whether `render` leaves the weights as they are for now, although it may write what they wait for; no router does where it is absent. */
  holdsBack?(situation: Situation, split: TrafficSplit): boolean;
  /** The writes from what is observed to the split, header routes included; empty when the split is in force. */
  render(situation: Situation, split: TrafficSplit): Write[];
  /** What of the split stands in fields that it writes, in the objects that are there and its own. */
  written(situation: Situation): readonly WrittenField[];
  /** The objects that carry the split of this Rollout, as people are shown them; also those of a former spec. */
  shown(situation: Situation): readonly ShownRoute[];
  /** What a former spec has left that the present one does not ask for, whether or not it names this router. */
  leftovers(situation: Situation): readonly Leftover[];
}

/** A field that a router writes in an object of its own. */
export interface WrittenField {
  readonly resource: Resource;
  readonly object: KubeObject;
  /** The keys that lead to it. */
  readonly path: readonly string[];
}

export interface ShownRoute {
  /** Of the object. */
  readonly name: string;
  /** What it says about its requests, in the keys and words that the object has for it. */
  readonly says: Readonly<Record<string, string>>;
}

/**
 * What a former spec has left in one object: the object itself where a router has created it, or its edit of an object
 * that belongs to a user. First it stops leading requests to the canary; once every proxy has heard of that, the rest
 * is removed.
 */
export interface Leftover {
  /** The next write on the way to its removal; `null` while proxies have yet to hear of the last one. */
  readonly write: Write | null;
  /** That write returns a share of all requests to the stable side. */
  readonly returnsRequests: boolean;
  /** It still leads requests to the canary. */
  readonly leadsRequests: boolean;
  /** The share of all requests that it leads there. */
  readonly weight: number;
  /** When every proxy is sure to act on it as it is once the write is made, in milliseconds since the epoch; `null`: nothing is on its way. */
  readonly settledAt: number | null;
}
