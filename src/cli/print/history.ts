/** The revisions of a rollout as `history` prints them: a row for each, the newest first. */
import type { RevisionEntry, RolloutHistory } from '../../core/view/history.ts';
import { ageText } from '../../core/view/age.ts';
import { roleTone } from '../../core/view/signs.ts';
import { aligned } from './table.ts';
import { line, span, type Line } from './text.ts';

const HEAD = ['REVISION', 'REPLICASET', 'HASH', 'ROLE', 'PODS', 'AGE', 'IMAGES', 'CHANGE-CAUSE'];

/** PODS: ready ones, and how many are asked for. A column of causes only where there is one. */
export function historyLines({ revisions }: RolloutHistory, now: number): readonly Line[] {
  const hasCauses = revisions.some(({ changeCause }) => changeCause !== '');
  const shown = (row: readonly Line[]): readonly Line[] => (hasCauses ? row : row.slice(0, -1));
  const head = HEAD.map((word) => line(span(word, 'bold')));
  return aligned([head, ...revisions.map((one) => rowOf(one, now))].map(shown));
}

function rowOf(one: RevisionEntry, now: number): readonly Line[] {
  return [
    line(one.revision === 0 ? '-' : String(one.revision)),
    line(one.name),
    line(one.hash),
    one.roles.flatMap((role, index) => line(index === 0 ? '' : ',', span(role, roleTone(role)))),
    line(`${one.ready}/${one.desired}`),
    line(ageText(one.createdAt, now)),
    line(one.images.join(', ')),
    line(one.changeCause.replaceAll(/\s+/g, ' ')),
  ];
}
