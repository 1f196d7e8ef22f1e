/** A plan as lines of at most 100 columns: what is released, its stages, and what it needs and touches. */
import type { ReleasePlan } from '../../planning/release.ts';
import {
  endingText,
  imagesText,
  LEGEND,
  paceText,
  peakText,
  planTable,
  titleText,
  trialText,
  writtenObjects,
} from '../../planning/plan-words.ts';

const WIDTH = 100;
const GAP = '  ';
const KEY_WIDTH = 12;
/** A step that says more is cut. */
const STEP_WIDTH = 30;
/** Left for what is waited for, however wide the rest is. */
const LEAST_WIDTH = 20;

export function planLines(plan: ReleasePlan): readonly string[] {
  return [
    ...entry('Rollout:', `${plan.name} in ${plan.namespace}`),
    ...entry('Release:', titleText(plan)),
    ...(imagesText(plan) === '' ? [] : entry('Images:', imagesText(plan))),
    ...entry('Ends:', endingText(plan)),
    ...(plan.ending === 'invalid' ? [] : courseLines(plan)),
    ...section('Hazards:', plan.hazards),
    ...section('Notes:', plan.notes),
  ];
}

function courseLines(plan: ReleasePlan): readonly string[] {
  const objects = writtenObjects(plan).flatMap(({ object, changes }) => [
    ...wrapped(object, GAP),
    ...changes.flatMap((change) => wrapped(change, GAP.repeat(2))),
  ]);
  return [
    ...entry('At most:', `${peakText(plan)}, at once`),
    '',
    ...tableLines(plan),
    '',
    paceText(plan),
    ...(plan.stages.some(({ persons }) => persons > 0) ? [LEGEND] : []),
    ...(objects.length === 0 ? [] : ['', 'Writes on Services, Ingresses and Deployments:', ...objects]),
    ...section('Analyses and experiments, if every measurement is successful:', plan.trials.map(trialText)),
  ];
}

function tableLines(plan: ReleasePlan): readonly string[] {
  const { head, rows } = planTable(plan);
  const cut = [head, ...rows].map(([step = '', ...rest]) => [shortened(step), ...rest]);
  const widths = head.map((_, column) => Math.max(...cut.map((row) => (row[column] ?? '').length)));
  return cut.flatMap((row) => {
    const before = row.slice(0, -1).map((cell, column) => padded(cell, widths[column] ?? 0, column, head));
    const left = before.join(GAP) + GAP;
    const room = Math.max(LEAST_WIDTH, WIDTH - left.length);
    const [first = '', ...more] = split(row.at(-1) ?? '', room);
    return [(left + first).trimEnd(), ...more.map((line) => ' '.repeat(left.length) + line)];
  });
}

/** Numbers stand to the right: those of pods, and the weight. */
function padded(cell: string, width: number, column: number, head: readonly string[]): string {
  const isNumber = /^(REV|WEIGHT)/.test(head[column] ?? '');
  return isNumber ? cell.padStart(width) : cell.padEnd(width);
}

function shortened(step: string): string {
  return step.length <= STEP_WIDTH ? step : `${step.slice(0, STEP_WIDTH - 1)}…`;
}

function section(title: string, texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : ['', title, ...texts.flatMap((text) => wrapped(text, GAP))];
}

function entry(key: string, text: string): readonly string[] {
  const [first = '', ...more] = split(text, WIDTH - KEY_WIDTH);
  return [key.padEnd(KEY_WIDTH) + first, ...more.map((line) => ' '.repeat(KEY_WIDTH) + line)];
}

function wrapped(text: string, indent: string): readonly string[] {
  const [first = '', ...more] = split(text, WIDTH - indent.length - GAP.length);
  return [indent + first, ...more.map((line) => indent + GAP + line)];
}

/** Lines of at most that width, as far as words allow; a word that is longer is cut. */
function split(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  const count = Math.ceil(word.length / width);
  return Array.from({ length: count }, (_, index) => word.slice(index * width, (index + 1) * width));
}
