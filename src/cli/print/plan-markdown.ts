/** A plan as a page that a pull request can show. */
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

export function planMarkdown(plan: ReleasePlan): string {
  const { head, rows } = planTable(plan);
  return [
    `### Release of ${code(`${plan.namespace}/${plan.name}`)}`,
    list([
      `**Release:** ${escaped(titleText(plan))}`,
      ...(imagesText(plan) === '' ? [] : [`**Images:** ${escaped(imagesText(plan))}`]),
      `**Ends:** ${escaped(endingText(plan))}`,
      ...(plan.ending === 'invalid' ? [] : [`**At most:** ${escaped(peakText(plan))}, at once`]),
    ]),
    ...(plan.ending === 'invalid' ? [] : [table(head, rows), paceText(plan)]),
    ...(plan.stages.some(({ persons }) => persons > 0) ? [LEGEND] : []),
    ...section('Hazards', plan.hazards.map(escaped)),
    ...section(
      'Writes on Services, Ingresses and Deployments',
      writtenObjects(plan).flatMap(({ object, changes }) =>
        changes.map((change) => `${code(object)} ${escaped(change)}`),
      ),
    ),
    ...section(
      'Analyses and experiments, if every measurement is successful',
      plan.trials.map((one) => escaped(trialText(one))),
    ),
    ...section('Notes', plan.notes.map(escaped)),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function section(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`**${title}**`, list(items)];
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** What is text must not become a table, a tag, a link or emphasis. */
function escaped(text: string): string {
  return text.replaceAll(/[\\|<>*_`[\]]/g, String.raw`\$&`).replaceAll('\n', ' ');
}
