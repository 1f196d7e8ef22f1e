/**
 * All invariants by name, and the watch that they keep over one history: the first one that does not
 * hold ends it.
 */
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { Plan } from '../../../src/kube/plan.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { MadeWrite } from '../controller/process.ts';
import type { Ledger } from '../ledger.ts';
import { blueGreenRunInvariants } from './blue-green-runs.ts';
import { blueGreenWriteInvariants } from './blue-green-writes.ts';
import { capacityWriteInvariants } from './capacity-writes.ts';
import { evictionInvariants } from './evictions.ts';
import { missedLook } from './missed-looks.ts';
import { planInvariants } from './plans.ts';
import { promotionInvariants } from './promotions.ts';
import { RequestsFindAPod } from './requests.ts';
import { trialWriteInvariants } from './trial-writes.ts';
import { settledInvariants, type SettledFacts } from './settled.ts';
import { settledBlueGreenInvariants } from './settled-blue-green.ts';
import { settledTrialInvariants } from './settled-trials.ts';
import { settledStepInvariants } from './settled-steps.ts';
import { statusWriteInvariants } from './status-writes.ts';
import { trafficWriteInvariants } from './traffic-writes.ts';
import { usefulWriteInvariants } from './useful-writes.ts';
import { Violation, type Finding } from './violation.ts';
import { workloadWriteInvariants } from './workload-writes.ts';
import type { WriteFacts } from './write-facts.ts';

const writeInvariants = {
  ...trafficWriteInvariants,
  ...capacityWriteInvariants,
  ...blueGreenWriteInvariants,
  ...statusWriteInvariants,
  ...usefulWriteInvariants,
  ...evictionInvariants,
  ...workloadWriteInvariants,
  ...promotionInvariants,
  ...trialWriteInvariants,
  ...blueGreenRunInvariants,
};

const restInvariants = {
  ...settledInvariants,
  ...settledStepInvariants,
  ...settledBlueGreenInvariants,
  ...settledTrialInvariants,
};

/** Looks and writes that one act of a user, one fault or one loss of a pod may cost, and what a history may cost without any. */
const WRITES_PER_ACT = 150;

export class InvariantWatch {
  readonly #cluster: Cluster;
  readonly #ledger: Ledger;
  readonly #rolloutName: string;
  readonly #requestsFindAPod = new RequestsFindAPod();
  #writes = 0;

  constructor(cluster: Cluster, ledger: Ledger, rolloutName: string) {
    this.#cluster = cluster;
    this.#ledger = ledger;
    this.#rolloutName = rolloutName;
  }

  /** Every method of the watch throws a {@link Violation} when an invariant does not hold. */
  decided(world: RolloutWorld, plan: Plan, again: Plan): void {
    hold(planInvariants, { world, plan, again });
  }

  wrote(made: MadeWrite): void {
    const facts: WriteFacts = { made, cluster: this.#cluster, ledger: this.#ledger };
    hold(writeInvariants, facts);
    this.#writes += 1;
    const allowed = (this.#ledger.acts + 2) * WRITES_PER_ACT;
    if (this.#writes > allowed)
      throw new Violation('writesAreBounded', `${this.#writes} writes, the last: ${made.write.why}`);
  }

  rested(plan: Plan, nextLookMs: number): void {
    const finding = missedLook(plan, nextLookMs);
    if (finding !== null) throw new Violation('noLookIsMissed', finding);
  }

  requestsFlow(): void {
    const finding = this.#requestsFindAPod.check({
      cluster: this.#cluster,
      ledger: this.#ledger,
      rolloutName: this.#rolloutName,
    });
    if (finding !== null) throw new Violation('requestsFindAPod', finding);
  }

  settled(facts: SettledFacts): void {
    hold(restInvariants, facts);
  }

  get writes(): number {
    return this.#writes;
  }
}

function hold<Facts>(invariants: Readonly<Record<string, (facts: Facts) => Finding>>, facts: Facts): void {
  for (const [name, invariant] of Object.entries(invariants)) {
    const finding = invariant(facts);
    if (finding !== null) throw new Violation(name, finding);
  }
}
