/** Layouts of times: Go writes the reference time, Mon Jan 2 15:04:05 MST 2006, in the wanted form. */

/** Longer ones before those that they begin with. */
const ELEMENT = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST',
    '01|02|03|04|05|06|002|15|2006|(?<=_)2006|__2|_2(?!006)|[1-5]',
    'PM|pm',
    '[-Z]07:00:00|[-Z]070000|[-Z]07:00|[-Z]0700|[-Z]07',
    String.raw`[.,](?:0+|9+)(?!\d)`,
  ].join('|'),
  'g',
);

export interface Element {
  /** Text before it, to be taken as it is. */
  readonly before: string;
  /** Empty at the end of the layout. */
  readonly element: string;
}

/** The layout in pieces; the last one has no element. */
export function elementsOf(layout: string): readonly Element[] {
  const elements: Element[] = [];
  let end = 0;
  for (const found of layout.matchAll(ELEMENT)) {
    elements.push({ before: layout.slice(end, found.index), element: found[0] });
    end = found.index + found[0].length;
  }
  return [...elements, { before: layout.slice(end), element: '' }];
}

export function isFraction(element: string): boolean {
  return element.startsWith('.') || element.startsWith(',');
}
