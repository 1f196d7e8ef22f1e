/**
 * A history drawn from a seed: a Rollout, a temperament, and what a user does with it; and its outcome.
 */
import { analysesOf } from '../../src/api/schema/rollout-analyses.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { Decide } from './controller/process.ts';
import type { LeftOut, Sharing } from './controller/share.ts';
import { History } from './history.ts';
import { REFUSED_KINDS, REFUSED_KINDS_OF_EXPERIMENTS, REFUSED_KINDS_OF_RUNS } from './controller/refusals.ts';
import { Violation } from './invariants/violation.ts';
import { Random } from './random.ts';
import type { Surroundings, WeightedActions } from './scenario/action.ts';
import { ANALYSIS_ACTIONS } from './scenario/analysis-actions.ts';
import { withAnalysis } from './scenario/analysis-spec.ts';
import { drawScenario } from './scenario/draw-scenario.ts';
import { EXPERIMENT_ACTIONS } from './scenario/experiment-actions.ts';
import { withExperiments } from './scenario/experiment-spec.ts';
import { FORGERIES } from './scenario/forgeries.ts';
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
  /** Whether processes that come and go share the work; what a deliberate fault leaves out of that. */
  readonly sharing?: { readonly leavesOut?: LeftOut };
  /** Of canaries with Experiments among their steps. */
  readonly experimentChance?: number;
  /** See History. The clock does not jump then: it takes times away from those that were named. */
  readonly findsMissedLooks?: boolean;
}

/** Of all Rollouts. */
const MEASURED_CHANCE = 0.45;
const EXPERIMENT_CHANCE = 0.2;

export async function runRandomHistory(
  seed: number,
  {
    told = false,
    decide,
    sharing,
    experimentChance = EXPERIMENT_CHANCE,
    findsMissedLooks = false,
  }: RandomHistoryOptions = {},
): Promise<Outcome> {
  const random = new Random(seed);
  const drawnTemperament = drawTemperament(random.split('temperament'));
  const temperament = findsMissedLooks ? { ...drawnTemperament, clockJumpChance: 0 } : drawnTemperament;
  const workload = random.split('workload');
  const analyses = random.split('analyses');
  const drawn = drawScenario(random.split('scenario'));
  const { actions } = drawn;
  const measured = analyses.chance(MEASURED_CHANCE) ? withAnalysis(analyses, drawn.scenario) : drawn.scenario;
  const experiments = random.split('experiments');
  const tried = experiments.chance(experimentChance) ? withExperiments(experiments, measured) : measured;
  const scenario = workload.chance(0.15) ? withDeployment(workload, tried) : tried;
  const history = new History({
    random,
    scenario,
    temperament,
    told,
    findsMissedLooks,
    ...(decide === undefined ? {} : { decide }),
    ...(sharing === undefined ? {} : { sharing: drawSharing(random.split('shards'), sharing) }),
  });
  history.tell('user', `applies ${JSON.stringify(scenario.spec)}`);
  const comeAndGo = sharing === undefined ? () => {} : processesOf(history, random.split('processes'));
  const failure = await failureOf(() => live(history, actions, random.split('user'), temperament, comeAndGo));
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

async function failureOf(act: () => Promise<void>): Promise<Outcome['failure']> {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof Violation) return { invariant: error.invariant, detail: error.message };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { invariant: 'decideNeverThrows', detail: text };
  }
}

async function live(
  history: History,
  actions: WeightedActions,
  random: Random,
  temperament: Temperament,
  comeAndGo: () => void,
): Promise<void> {
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
  await history.runFor(random.pick([0, 500, 15_000, 60_000]));
  const count = random.between(2, 9);
  const workloads = random.split('workloads');
  const workloadChance = history.user.rollout.spec.workloadRef === undefined ? 0 : 0.25;
  const restarts = random.split('restarts');
  const restartChance = restarts.chance(0.2) ? 0.4 : 0;
  const forgeries = random.split('forgeries');
  const forgeryChance = forgeries.chance(0.12) ? 0.4 : 0;
  const refusals = random.split('refusals');
  const refusalChance = refusals.chance(0.3) ? 0.4 : 0;
  const runs = random.split('runs');
  const runChance = analysesOf(history.user.rollout).length === 0 ? 0 : 0.5;
  const trials = random.split('trials');
  const trialChance = asksForExperiments(history.user.rollout) ? 0.5 : 0;
  for (let i = 0; i < count; i++) {
    if (random.chance(clockJumpChance)) history.jumpClock(random.pick([-600_000, -5000, 1000, 45_000, 3_600_000]));
    comeAndGo();
    act(around, actions, history);
    if (workloads.chance(workloadChance)) act({ ...around, random: workloads }, WORKLOAD_ACTIONS, history);
    if (restarts.chance(restartChance)) act({ ...around, random: restarts }, RESTART_ACTIONS, history);
    if (forgeries.chance(forgeryChance)) act({ ...around, random: forgeries }, FORGERIES, history);
    if (refusals.chance(refusalChance)) history.refuse(refusals.pick(REFUSED_KINDS), drawRefusal(refusals));
    if (runs.chance(runChance)) act({ ...around, random: runs }, ANALYSIS_ACTIONS, history);
    if (runs.chance(runChance / 8)) history.refuse(runs.pick(REFUSED_KINDS_OF_RUNS), drawRefusal(runs));
    if (trials.chance(trialChance)) act({ ...around, random: trials }, EXPERIMENT_ACTIONS, history);
    if (trials.chance(trialChance / 8)) history.refuse(trials.pick(REFUSED_KINDS_OF_EXPERIMENTS), drawRefusal(trials));
    await history.runFor(drawGap(random));
  }
  history.calmDown();
  await history.runToRest();
  history.checkSettled();
  if (random.chance(0.5)) await finish(history);
}

function drawSharing(random: Random, parts: Partial<Sharing>): Sharing {
  return { ...parts, shards: random.pick([2, 3, 4]) };
}

const MOST_PROCESSES = 4;

/** Now and then a process comes, stops, ends in the middle of something, or does nothing for a while. */
function processesOf(history: History, random: Random): () => void {
  const comeOrGo = (): void => {
    const running = history.processes.filter(({ isRunning }) => isRunning);
    const one = random.pick(history.processes);
    const decider = history.processes.find(({ decides }) => decides);
    const acts: readonly (readonly [number, () => void])[] = [
      [
        running.length < MOST_PROCESSES ? 3 : 0,
        () => history.tell('fault', `${history.startProcess().identity} starts`),
      ],
      [running.length > 1 ? 2 : 0, () => history.stopProcess(random.pick(running))],
      [running.length > 0 ? 1 : 0, () => history.killProcess(random.pick(running))],
      [one.isRunning ? 2 : 0, () => history.pauseProcess(one, random.pick([200, 5000, 30_000, 90_000, 300_000]))],
      [2, () => history.pauseAtNextWrite(decider ?? one, random.pick([5000, 60_000, 300_000]))],
      [running.length > 1 ? 3 : 0, () => leaveToTheDeaf(history, random)],
    ];
    random.weighted(acts)();
  };
  return () => {
    if (!random.chance(0.6)) return;
    // In the middle of what the user's next act brings about, as often as not.
    history.agenda.after(random.pick([0, 20, 200, 2000]), comeOrGo);
  };
}

/** The process that decides ends, and the others have seen nothing for a while of what it has written. */
function leaveToTheDeaf(history: History, random: Random): void {
  const decider = history.processes.find(({ decides }) => decides);
  for (const one of history.processes) if (one !== decider && one.isRunning) history.hushWatches(one, 150_000);
  const end = random.chance(0.7) ? 'stopProcess' : 'killProcess';
  history.agenda.after(random.pick([100, 1000, 5000, 20_000]), () => {
    if (decider?.isRunning === true) history[end](decider);
  });
}

function asksForExperiments({ spec }: Rollout): boolean {
  return spec.strategy?.canary?.steps?.some(({ experiment }) => experiment !== undefined) === true;
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

/** From a webhook that restarts to a quota that a person has to raise. */
function drawRefusal(random: Random): number {
  return random.pick([500, 5000, 30_000, 300_000]);
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

/** Whatever happened in a history, a user who corrects what is wrong and promotes gets to Healthy. */
async function finish(history: History): Promise<void> {
  const { user } = history;
  history.tell('user', 'puts everything right and promotes until it is done');
  history.removeForeignCanary();
  user.restoreWorkload();
  if (analysesOf(user.rollout).length > 0) user.restoreTemplates();
  history.cluster.decreeTrials('Successful');
  if (user.status.message?.startsWith('InvalidSpec') === true) user.simplify();
  user.edit({ paused: false });
  user.setImage('');
  for (let i = 0; i < 20; i++) {
    history.ledger.noteAct();
    await history.runToRest();
    history.checkSettled();
    const { phase, abort } = user.status;
    if (phase === 'Healthy') return;
    if (i >= PATIENCE) user.promoteFull();
    else if (abort === true) user.retry();
    else user.readForPromote()();
  }
  throw new Violation('everyRolloutCanBeFinished', `phase ${user.status.phase}: ${user.status.message ?? ''}`);
}
