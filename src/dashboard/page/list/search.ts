/**
 * What people type to find Rollouts: parts between commas, of which one has to fit. A part is words, all of which have to
 * fit: `web` anywhere in the name, `"web"` the whole name, `shop/` with the namespace, `team:checkout` a label, `team:`
 * any value of it, and `!` in front of any of them for those that do not.
 */
import type { RolloutRow } from '../../wire.ts';

type Sought = Pick<RolloutRow, 'namespace' | 'name' | 'labels'>;
type Fits = (row: Sought) => boolean;

/** Upper and lower case are the same. */
export function searchFor(text: string): Fits {
  const parts = text.split(',').flatMap((part) => {
    const words = part.trim().match(/!?"[^"]*"?|\S+/g) ?? [];
    return words.length === 0 ? [] : [words.flatMap(wordFits)];
  });
  if (parts.length === 0) return () => true;
  return (row) => parts.some((words) => words.every((fits) => fits(row)));
}

/** Nothing for a `!` or a quote that the person has only begun with. */
function wordFits(word: string): readonly Fits[] {
  if (word.startsWith('!')) return wordFits(word.slice(1)).map((fits) => (row: Sought) => !fits(row));
  if (word.startsWith('"')) return exactFits(word.replaceAll('"', '').toLowerCase());
  const sought = word.toLowerCase();
  const colon = sought.indexOf(':');
  if (colon > 0) return [labelFits(sought.slice(0, colon), sought.slice(colon + 1))];
  if (sought === '') return [];
  const textOf = ({ namespace, name }: Sought) => (sought.includes('/') ? `${namespace}/${name}` : name);
  return [(row) => textOf(row).toLowerCase().includes(sought)];
}

function exactFits(sought: string): readonly Fits[] {
  return sought === '' ? [] : [({ name }) => name.toLowerCase() === sought];
}

function labelFits(key: string, value: string): Fits {
  return ({ labels }) =>
    Object.entries(labels).some(
      ([own, owns]) => own.toLowerCase() === key && (value === '' || owns.toLowerCase() === value),
    );
}
