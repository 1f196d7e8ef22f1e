/**
 * A history drawn from a seed: a Rollout, a temperament, and what a user does with it; and its outcome.
 */
import type { JsonObject } from '../../src/kube/json.ts';
import type { Decide } from './controller/process.ts';
import { History } from './history.ts';
import { Violation } from './invariants/violation.ts';
import { Random } from './random.ts';
import type { Surroundings, WeightedActions } from './scenario/action.ts';
import { drawScenario } from './scenario/draw-scenario.ts';
import { RESTART_ACTIONS } from './scenario/restarts.ts';
import { drawTemperament, type Temperament } from './scenario/temperament.ts';
import { withDeployment, WORKLOAD_ACTIONS } from './scenario/workload.ts';

export interface Outcome {
  readonly seed: number;
  /** `null`: every invariant held until the end. */
  readonly failure: { readonly invariant: string; readonly detail: string } | null;
  readonly lines: readonly string[];
  readonly looks: number;
  readonly writes: number;
  readonly endedAs: string;
}

interface RandomHistoryOptions {
  readonly told?: boolean;
  readonly decide?: Decide;
}

export function runRandomHistory(seed: number, { told = false, decide }: RandomHistoryOptions = {}): Outcome {
  const random = new Random(seed);
  const temperament = drawTemperament(random.split('temperament'));
  const workload = random.split('workload');
  const drawn = drawScenario(random.split('scenario'));
  const { actions } = drawn;
  const scenario = workload.chance(0.15) ? withDeployment(workload, drawn.scenario) : drawn.scenario;
  const history = new History({ random, scenario, temperament, told, ...(decide === undefined ? {} : { decide }) });
  history.tell('user', `applies ${JSON.stringify(scenario.spec)}`);
  const failure = failureOf(() => {
    live(history, actions, random.split('user'), temperament);
  });
  const { phase = '', message = '' } = history.user.status;
  if (failure !== null) history.tell('INVARIANT', `${failure.invariant}: ${failure.detail}`);
  return {
    seed,
    failure,
    lines: history.lines,
    looks: history.looks,
    writes: history.watch.writes,
    endedAs: phase === 'Healthy' ? phase : `${phase}: ${message.slice(0, 30)}`,
  };
}

function failureOf(act: () => void): Outcome['failure'] {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Violation) return { invariant: error.invariant, detail: error.message };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { invariant: 'decideNeverThrows', detail: text };
  }
}

function live(history: History, actions: WeightedActions, random: Random, temperament: Temperament): void {
  const { roughPods, clockJumpChance } = temperament;
  const around: Surroundings = {
    user: history.user,
    cluster: history.cluster,
    agenda: history.agenda,
    random,
    ledger: history.ledger,
    templates: [history.user.template as JsonObject],
    roughPods,
    jumpClock: (ms) => history.jumpClock(ms),
  };
  history.runFor(random.pick([0, 500, 15_000, 60_000]));
  const count = random.between(2, 9);
  const workloads = random.split('workloads');
  const workloadChance = history.user.rollout.spec.workloadRef === undefined ? 0 : 0.25;
  const restarts = random.split('restarts');
  const restartChance = restarts.chance(0.2) ? 0.4 : 0;
  for (let i = 0; i < count; i++) {
    if (random.chance(clockJumpChance)) history.jumpClock(random.pick([-600_000, -5000, 1000, 45_000, 3_600_000]));
    act(around, actions, history);
    if (workloads.chance(workloadChance)) act({ ...around, random: workloads }, WORKLOAD_ACTIONS, history);
    if (restarts.chance(restartChance)) act({ ...around, random: restarts }, RESTART_ACTIONS, history);
    history.runFor(drawGap(random));
  }
  history.calmDown();
  history.runToRest();
  history.checkSettled();
  if (random.chance(0.5)) finish(history);
}

function act(around: Surroundings, actions: WeightedActions, history: History): void {
  for (let attempts = 0; attempts < 5; attempts++) {
    const done = around.random.weighted(actions)(around);
    if (done === null) continue;
    around.ledger.noteAct();
    history.tell('user', done);
    return;
  }
}

/** Bursts, breaths, and time enough for a canary to come to rest. */
function drawGap(random: Random): number {
  return random.weighted([
    [3, random.between(0, 300)],
    [3, random.between(300, 5000)],
    [4, random.between(5000, 40_000)],
    [2, 120_000],
  ]);
}

/** Promotions of one step each, before the user loses patience and promotes in full. */
const PATIENCE = 14;

/** However a history went, a user who puts right what is wrong and promotes gets to Healthy. */
function finish(history: History): void {
  const { user } = history;
  history.tell('user', 'puts everything right and promotes until it is done');
  history.removeForeignCanary();
  user.restoreWorkload();
  if (user.status.message?.startsWith('InvalidSpec') === true) user.simplify();
  user.edit({ paused: false });
  user.setImage('');
  for (let i = 0; i < 20; i++) {
    history.ledger.noteAct();
    history.runToRest();
    history.checkSettled();
    const { phase, abort } = user.status;
    if (phase === 'Healthy') return;
    if (i >= PATIENCE) user.promoteFull();
    else if (abort === true) user.retry();
    else user.readForPromote()();
  }
  throw new Violation('everyRolloutCanBeFinished', `phase ${user.status.phase}: ${user.status.message ?? ''}`);
}
