/**
 * The picture of a scene: as many lines as the terminal has rows. Every part has a fixed place, so that nothing jumps: the
 * steps, the traffic and the Ingress at the top, what a person can do below, and the events in the rest.
 */
import type { Phase } from '../../src/api/words/reasons.ts';
import type { RolloutView, RevisionView, StepView, WeightView } from '../../src/core/view/view.ts';
import { analysisLines, verdictLines } from './analysis-block.ts';
import { chapterLine } from './chapter.ts';
import { spanOfTime, timeOfDay } from './duration.ts';
import { colourOf } from './manifests.ts';
import { measuredSides, percentText, requestsText } from './measured.ts';
import type { Reading } from './meter.ts';
import type { Scene } from './scene.ts';
import { shellLines } from './shell.ts';
import { beside, EMPTY, line, span, widthOf, type Line, type Span, type Style } from './text.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const STEPS_WIDTH = 32;
const LONGEST_BAR = 48;
const INGRESS_WIDTH = 58;
const INGRESS_ROWS = 4;
const LEAST_EVENTS = 2;
const SIDE_WIDTH = 18;

/**
 * Exactly `rows` lines. Where they are too few, blocks are left out whole: the events first, then the
 * Ingress, then the commands that come last.
 */
export function frameOf(scene: Scene, { columns, rows }: Size): readonly Line[] {
  const top = [header(scene, columns), EMPTY];
  const bottom = [EMPTY, footer(scene)];
  const { view, now, chapters, traffic, analysis } = scene;
  if (view === null) return filled([...top, line('  The Rollout does not exist yet.')], bottom, rows);

  const overview = beside([...stepsBlock(view, now), ...analysisLines(analysis)], STEPS_WIDTH, [
    ...trafficBlock(view, traffic, columns - STEPS_WIDTH - 3),
    EMPTY,
    ...podsBlock(view, now),
  ]);
  const waiting = [EMPTY, ...waitingBlock(view, now), ...verdictLines(view, analysis, columns)];
  let room = rows - top.length - overview.length - waiting.length - bottom.length;
  const taken = (blocks: readonly (readonly Line[])[]): readonly Line[] => {
    const lines: Line[] = [];
    for (const block of blocks) {
      if (block.length > room) break;
      room -= block.length;
      lines.push(...block);
    }
    return lines;
  };
  const todo = taken(chapters.length > 0 ? [[EMPTY, ...chaptersBlock(scene)]] : adviceBlocks(scene, columns));
  const routing = taken([[EMPTY, ...beside(ingressBlock(view), INGRESS_WIDTH, servicesBlock(view))]]);
  const events = room < LEAST_EVENTS + 2 ? [] : [EMPTY, ...eventsBlock(scene, room - 2)];
  return filled([...top, ...overview, ...routing, ...waiting, ...todo, ...events], bottom, rows);
}

function filled(body: readonly Line[], bottom: readonly Line[], rows: number): readonly Line[] {
  const room = Math.max(0, rows - bottom.length);
  const blank = Array.from({ length: Math.max(0, room - body.length) }, () => EMPTY);
  return [...body.slice(0, room), ...blank, ...bottom].slice(0, rows);
}

const PHASE_STYLE: Readonly<Record<Phase, Style>> = {
  Healthy: 'green',
  Progressing: 'cyan',
  Paused: 'yellow',
  Degraded: 'red',
};

function header({ view, pageUrl }: Scene, columns: number): Line {
  const left = line(
    ' ',
    span('Serin', 'bold'),
    view === null ? '' : `   ${view.namespace}/${view.name}`,
    span(pageUrl === null ? '' : `   ${pageUrl}`, 'cyan'),
  );
  if (view === null) return left;
  const right = line(span('●', PHASE_STYLE[view.phase]), ' ', span(view.phase, 'bold'), ' ');
  return [...left, span(' '.repeat(Math.max(1, columns - widthOf(left) - widthOf(right)))), ...right];
}

/** The reasons come last: where there is no room for them, all keys are still there. */
function footer({ keys }: Scene): Line {
  return line(
    ' ',
    ...keys.flatMap(({ key, does, useful }) =>
      useful ? [span(key, 'bold'), span(` ${does}   `)] : [span(`${key} ${does}   `, 'dim')],
    ),
    ...keys.flatMap(({ key, whyNot }) => (whyNot === undefined ? [] : [span(`${key}: ${whyNot}`, 'dim')])),
  );
}

function title(text: string, ...more: readonly (Span | string)[]): Line {
  return line(' ', span(text, 'bold'), ...more);
}

function stepsBlock({ steps }: RolloutView, now: number): readonly Line[] {
  if (steps.length === 0) return [title('Steps'), line('  none')];
  return [title('Steps'), ...steps.map((step) => stepLine(step, now))];
}

function stepLine({ text, state, endsAt }: StepView, now: number): Line {
  if (state === 'done') return line('  ', span('✓', 'green'), ' ', span(text, 'dim'));
  if (state === 'next') return line('  ', span('·', 'dim'), ` ${text}`);
  const rest = endsAt === null ? '' : `  ${spanOfTime(endsAt - now)} left`;
  return line('  ', span('▸', 'yellow'), ' ', span(text, 'bold'), span(rest, 'yellow'));
}

function trafficBlock(view: RolloutView, traffic: Reading | null, room: number): readonly Line[] {
  const { weight, stable, canary } = view;
  const heading = title('Traffic', ...(traffic === null ? [] : requestsSpans(traffic)));
  const measured = traffic === null ? [] : [measuredLine(view, traffic)];
  if (weight === null) return [heading, line('  divided by the number of pods'), ...measured, EMPTY];
  const share = weight.total === 0 ? 0 : weight.highest / weight.total;
  const bar = Math.max(0, Math.min(LONGEST_BAR, room));
  const columns = Math.round(bar * share);
  const stableStyle = styleOf(stable ?? canary, 'cyan');
  const canaryStyle = styleOf(canary, 'yellow');
  const rest = { ...weight, lowest: weight.total - weight.highest, highest: weight.total - weight.lowest };
  return [
    heading,
    line('  ', span('█'.repeat(bar - columns), stableStyle), span('▒'.repeat(columns), canaryStyle)),
    line(traffic === null ? '  ' : '  asked     ', ...sides(shareText(rest), shareText(weight))),
    ...measured,
  ];
}

function requestsSpans(traffic: Reading): readonly Span[] {
  return [span(`   ${requestsText(traffic)}`, traffic.failed > 0 ? 'red' : 'dim')];
}

function measuredLine(view: RolloutView, traffic: Reading): Line {
  const { stable, canary } = measuredSides(view, traffic);
  const base = traffic.counted === 0 ? '' : `of the last ${traffic.counted}`;
  return line('  measured  ', ...sides(percentText(stable), percentText(canary)), span(base, 'dim'));
}

function sides(stable: string, canary: string): Line {
  const side = (name: string, share: string): Line =>
    line(`${name} `, span(share, 'bold'), ' '.repeat(Math.max(4, SIDE_WIDTH - name.length - 1 - share.length)));
  return [...side('stable', stable), ...side('canary', canary)];
}

function shareText({ lowest, highest, total }: WeightView): string {
  const unit = total === 100 ? ' %' : ` of ${total}`;
  return lowest === highest ? `${highest}${unit}` : `${lowest} to ${highest}${unit}`;
}

function styleOf(revision: RevisionView | null, otherwise: Style): Style {
  const colour = colourOf(revision?.images[0] ?? '');
  return (colour as Style | undefined) ?? otherwise;
}

function podsBlock({ stable, canary, retired }: RolloutView, now: number): readonly Line[] {
  return [
    title('Pods      ', span('ready  revision       image', 'dim')),
    podsLine('stable', stable, now),
    podsLine('canary', canary, now),
    podsLine('retired', retired.at(-1) ?? null, now),
  ];
}

function podsLine(role: string, revision: RevisionView | null, now: number): Line {
  if (revision === null) return line('  ', span(`${role.padEnd(9)}  –`, 'dim'));
  const { ready, desired, hash, images, scaleDownAt } = revision;
  const image = images[0] ?? '';
  return line(
    `  ${role.padEnd(9)}`,
    span(`${ready}/${desired}`.padEnd(7), ready < desired ? 'yellow' : undefined),
    String(revision.revision).padEnd(3),
    span(hash.padEnd(12), 'dim'),
    span(image.slice(image.lastIndexOf('/') + 1), styleOf(revision, 'cyan')),
    span(scaleDownAt === null ? '' : `  goes in ${spanOfTime(scaleDownAt - now)}`, 'dim'),
  );
}

function ingressBlock({ routes }: RolloutView): readonly Line[] {
  const [ingress] = routes;
  const annotations = Object.entries(ingress?.says ?? {}).slice(0, INGRESS_ROWS);
  const lines = annotations.map(([key, value]) => line('  ', span(`${key}: `, 'dim'), value));
  return [
    title('Canary Ingress', `  ${ingress?.name ?? 'not there'}`),
    ...lines,
    ...Array.from({ length: INGRESS_ROWS - lines.length }, () => EMPTY),
  ];
}

function servicesBlock({ services }: RolloutView): readonly Line[] {
  const width = Math.max(0, ...services.map(({ name }) => name.length));
  return [
    title('Services'),
    ...services.map(({ name, selects }) => line(`  ${name.padEnd(width)} `, span('→ ', 'dim'), selects)),
  ];
}

/** Always two lines, so that what is below does not move. */
function waitingBlock({ waitsFor, progress }: RolloutView, now: number): readonly Line[] {
  if (waitsFor === null) {
    const state = progress === 'settled' ? 'nothing, all is well' : 'the next reconcile';
    return [title('Waits for'), line('  ', span(state, progress === 'settled' ? 'green' : undefined))];
  }
  const { message, since, until, needsPerson } = waitsFor;
  const time =
    until !== null ? `${spanOfTime(until - now)} left` : since === null ? '' : `for ${spanOfTime(now - since)}`;
  return [
    title('Waits for', needsPerson ? span('  a person', 'yellow') : ''),
    line('  ', span(message, needsPerson ? 'yellow' : undefined), span(time === '' ? '' : `   ${time}`, 'dim')),
  ];
}

/** A block for each command, the first with the title. */
function adviceBlocks({ advice }: Scene, columns: number): readonly (readonly Line[])[] {
  return advice.map((one, index) => [
    ...(index === 0 ? [EMPTY, title('In another terminal')] : []),
    line('  ', span(one.title, 'cyan')),
    ...one.commands.flatMap((words) => shellLines(words, columns - 4).map((text) => line(`    ${text}`))),
  ]);
}

function chaptersBlock({ chapters }: Scene): readonly Line[] {
  return [title('Done'), ...chapters.map(chapterLine)];
}

const EVENT_REASON_WIDTH = 22;

function eventsBlock({ events }: Scene, room: number): readonly Line[] {
  return [
    title('Events'),
    ...events
      .slice(-Math.max(1, room))
      .map(({ type, reason, message, lastTimestamp }) =>
        line(
          '  ',
          span(lastTimestamp === undefined ? '        ' : timeOfDay(Date.parse(lastTimestamp)), 'dim'),
          '  ',
          span(reason.padEnd(EVENT_REASON_WIDTH), type === 'Warning' ? 'red' : 'dim'),
          ` ${message}`,
        ),
      ),
  ];
}
