/**
 * What the dashboard's server and its pages say to each other, below `<root>/api/serin/v1/`. All of it is JSON; streams
 * are server-sent events. Times are milliseconds since the epoch. Types alone: both sides are checked against them.
 *
 * | method, path | answer |
 * |---|---|
 * | GET `me` | `Me`, also for people who are not signed in |
 * | POST `sign-in` (`SignIn`), POST `sign-out` | 204, and a cookie that scripts cannot read; 401 with `Problem` |
 * | GET `rollouts`, `rollouts?namespace=NS` | a stream of `rows` (`RowsEvent`) and `trouble` (`TroubleEvent`) |
 * | GET `rollouts/NS/NAME` | a stream of `rollout` (`RolloutEvent`), `gone` (`{}`) and `trouble` |
 * | POST `rollouts/NS/NAME/commands` (`CommandRequest`) | `CommandAnswer` |
 * | POST `rollouts/NS/NAME/plan` (`PlanRequest`) | a `ReleasePlan`: one of those that `plan -o json` prints |
 *
 * Every other answer is a `Problem` with the status that the API server gave (403 for a right that is missing).
 */
import type { SteeringCommand } from '../core/view/choices.ts';
import type { ContainerImage } from '../core/view/container-images.ts';
import type { EventRow } from '../core/view/event-rows.ts';
import type { AnalysisRunView } from '../core/view/analysis-run.ts';
import type { MetricView } from '../core/view/measurements.ts';
import type { Explanation } from '../core/view/explanation.ts';
import type { NewImage } from '../core/view/set-image.ts';
import type { RolloutView } from '../core/view/view.ts';
import type { Phase } from '../api/words/reasons.ts';

export interface Problem {
  /** A sentence for the person. */
  readonly message: string;
}

/** How people come in: with the kubeconfig of whoever started it, with a bearer token, or through a proxy in front. */
export type SignInMethod = 'kubeconfig' | 'token' | 'proxy';

export interface Me {
  readonly signIn: SignInMethod;
  readonly signedIn: boolean;
  /** As the API server calls the person; `null` when it does not say, or nobody is signed in. */
  readonly user: string | null;
  /** The one that is shown first. */
  readonly namespace: string;
  /** Those that hold Rollouts, in order; `null` when the person may not list across namespaces. */
  readonly namespaces: readonly string[] | null;
  /** Of Serin. */
  readonly version: string;
}

export interface SignIn {
  readonly token: string;
}

/** One Rollout in the list. */
export interface RolloutRow {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly strategy: string;
  readonly phase: Phase;
  /** Why it is where it is, in a sentence; '' when there is nothing to say. */
  readonly cause: string;
  readonly state: Explanation['state'];
  /** A person has to act, or something is wrong. */
  readonly needsAttention: boolean;
  /** `null` without steps. */
  readonly stepsDone: number | null;
  readonly stepCount: number;
  /** Percent of the requests, asked for the canary; `null` without a canary. */
  readonly weight: number | null;
  readonly ready: number;
  readonly desired: number;
  readonly updated: number;
  readonly available: number;
  /** Of the present template, in the order of its containers. */
  readonly images: readonly string[];
  readonly createdAt: number | null;
}

export interface RowsEvent {
  /** The rows replace all that have been sent before. */
  readonly reset: boolean;
  readonly rows: readonly RolloutRow[];
  readonly gone: readonly Pick<RolloutRow, 'namespace' | 'name'>[];
}

export interface TroubleEvent {
  /** Why what is shown may be out of date; `null` when it is up to date again. */
  readonly message: string | null;
}

/** What a person can do with one Rollout. */
export type DashboardCommand = SteeringCommand;

export interface CommandRequest {
  readonly command: DashboardCommand;
  /** With `setImages`. */
  readonly images?: readonly NewImage[];
  /** With `undo`. */
  readonly revision?: number;
  /** With `terminate`: the AnalysisRun. */
  readonly run?: string;
}

export interface CommandAnswer {
  /** What was done, in a sentence. */
  readonly message: string;
}

/** Whether a command can be given now, and how a person would give it elsewhere. */
export interface CommandChoice {
  readonly command: DashboardCommand;
  /** By the person's rights and the state of the Rollout. */
  readonly possible: boolean;
  /** Why not, in a sentence; '' when it is possible. */
  readonly why: string;
  /** The kubectl command that does the same; `IMAGE`, `CONTAINER`, `REVISION` and `RUN` stand for what is chosen. */
  readonly kubectl: string;
}

export interface MeasuredRun {
  readonly run: AnalysisRunView;
  readonly metrics: readonly MetricView[];
}

export interface RolloutEvent {
  readonly view: RolloutView;
  /** In the order in which they are offered. */
  readonly commands: readonly CommandChoice[];
  /** Of the present template. */
  readonly containers: readonly ContainerImage[];
  /** When each step of the present update was completed; `null` where that is not known. */
  readonly stepTimes: readonly (number | null)[];
  /** Newest first; empty when they may not be read. */
  readonly events: readonly EventRow[];
  /** Newest first. */
  readonly runs: readonly MeasuredRun[];
}

export interface PlanRequest {
  readonly images?: readonly NewImage[];
  readonly revision?: number;
}
