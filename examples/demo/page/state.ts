/** Everything that the page shows beside the squares, made of a scene. It is sent as it is. */
import type { Phase } from '../../../src/api/words/reasons.ts';
import type { Command } from '../../../src/core/view/commands.ts';
import type { RevisionView, RolloutView, StepView } from '../../../src/core/view/view.ts';
import type { Answer } from '../../../test/testbed/data-plane/answers.ts';
import { isFailure } from '../../../test/testbed/data-plane/answers.ts';
import { spanOfTime } from '../duration.ts';
import { COLOURS, imageIn, versionOfImage, type Colour } from '../manifests.ts';
import { measuredSides } from '../measured.ts';
import type { Reading } from '../meter.ts';
import { whyNoBadVersion } from '../bad-version.ts';
import type { Scene } from '../scene.ts';
import { imageAskedFor } from '../tell.ts';
import { pageAnalysis, type PageAnalysis } from './analysis.ts';

export interface PageState {
  /** Namespace and name. */
  readonly rollout: string;
  readonly phase: Phase;
  readonly steps: readonly PageStep[];
  readonly stable: PageSide | null;
  readonly canary: PageSide | null;
  readonly requests: Pick<Reading, 'counted' | 'answered' | 'failed'>;
  readonly waitsFor: PageWait | null;
  /** The commands that a person can give now. */
  readonly commands: readonly Command[];
  readonly colours: readonly PageColour[];
  /** Why no bad version can be released now; `null` when one can. */
  readonly whyNoBadVersion: string | null;
  /** `null` until something is analysed. */
  readonly analysis: PageAnalysis | null;
}

interface PageStep extends Pick<StepView, 'text' | 'state'> {
  /** How long the step still takes; '' when that is not known. */
  readonly rest: string;
}

interface PageSide {
  /** What its pods answer. */
  readonly version: string;
  readonly revision: number;
  readonly ready: number;
  readonly desired: number;
  /** Percent of the requests; `null` without a router. */
  readonly asked: number | null;
  /** Percent of the requests; `null` before there are any. */
  readonly measured: number | null;
}

interface PageWait {
  readonly message: string;
  readonly time: string;
  readonly needsPerson: boolean;
}

interface PageColour {
  readonly name: Colour;
  /** Whether the present template asks for it, and for no bad form of it. */
  readonly asked: boolean;
}

/** One square. */
export interface PageAnswer {
  readonly version: string;
  readonly failed: boolean;
}

/** `null` until there is a Rollout. */
export function pageStateOf({ view, traffic, analysis, now }: Scene): PageState | null {
  if (view === null) return null;
  const measured = traffic === null ? { stable: null, canary: null } : measuredSides(view, traffic);
  const canaryPercent = percentAsked(view);
  const image = imageAskedFor(view);
  return {
    rollout: `${view.namespace}/${view.name}`,
    phase: view.phase,
    steps: view.steps.map((step) => pageStep(step, now)),
    stable: pageSide(view.stable, canaryPercent === null ? null : 100 - canaryPercent, measured.stable),
    canary: pageSide(view.canary, canaryPercent, measured.canary),
    requests: {
      counted: traffic?.counted ?? 0,
      answered: traffic?.answered ?? 0,
      failed: traffic?.failed ?? 0,
    },
    waitsFor: pageWait(view, now),
    commands: view.commands,
    colours: COLOURS.map((name) => ({ name, asked: image === imageIn(name, image) })),
    whyNoBadVersion: whyNoBadVersion(view, traffic !== null),
    analysis: pageAnalysis(analysis),
  };
}

export function pageAnswer(answer: Answer): PageAnswer {
  return { version: answer.version, failed: isFailure(answer) };
}

function percentAsked({ weight }: RolloutView): number | null {
  return weight === null || weight.total === 0 ? null : (100 * weight.highest) / weight.total;
}

function pageStep({ text, state, endsAt }: StepView, now: number): PageStep {
  return { text, state, rest: endsAt === null ? '' : `${spanOfTime(endsAt - now)} left` };
}

function pageSide(revision: RevisionView | null, asked: number | null, measured: number | null): PageSide | null {
  if (revision === null) return null;
  const { images, ready, desired } = revision;
  return { version: versionOfImage(images[0] ?? ''), revision: revision.revision, ready, desired, asked, measured };
}

function pageWait({ waitsFor }: RolloutView, now: number): PageWait | null {
  if (waitsFor === null) return null;
  const { message, since, until, needsPerson } = waitsFor;
  const time =
    until !== null ? `${spanOfTime(until - now)} left` : since === null ? '' : `for ${spanOfTime(now - since)}`;
  return { message, time, needsPerson };
}
