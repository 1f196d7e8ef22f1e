/** What is typed into the search, and which Rollouts it finds. */
import { expect, test } from 'vitest';
import { searchFor } from '../../../src/dashboard/page/list/search.ts';

const ROWS = [
  { namespace: 'shop', name: 'web', labels: { team: 'front', 'app.kubernetes.io/name': 'web' } },
  { namespace: 'shop', name: 'web-admin', labels: { team: 'money' } },
  { namespace: 'mail', name: 'Relay', labels: {} },
];

test.each([
  ['nothing finds all', '', ['web', 'web-admin', 'Relay']],
  ['blanks and commas find all', ' , ,', ['web', 'web-admin', 'Relay']],
  ['a part of the name', 'we', ['web', 'web-admin']],
  ['upper and lower case are the same', 'relay', ['Relay']],
  ['the whole name', '"web"', ['web']],
  ['a quote that is not closed yet', '"web', ['web']],
  ['a quote that is only begun finds all', '"', ['web', 'web-admin', 'Relay']],
  ['all others', '!web', ['Relay']],
  ['all but one name', '!"web"', ['web-admin', 'Relay']],
  ['a ! that is only begun finds all', '!', ['web', 'web-admin', 'Relay']],
  ['two times not', '!!web', ['web', 'web-admin']],
  ['a label', 'team:money', ['web-admin']],
  ['a part of a value is not the value', 'team:mon', []],
  ['a label of any value', 'team:', ['web', 'web-admin']],
  ['a label with a prefix', 'app.kubernetes.io/name:web', ['web']],
  ['without a label', '!team:', ['Relay']],
  ['all words have to fit', 'web team:front', ['web']],
  ['one part has to fit', '"web", relay', ['web', 'Relay']],
  ['and before or', 'web team:money, "relay"', ['web-admin', 'Relay']],
  ['with the namespace', 'mail/', ['Relay']],
  ['with both', 'shop/web-', ['web-admin']],
])('%s: %s', (_, text, names) => {
  expect(ROWS.filter(searchFor(text)).map(({ name }) => name)).toEqual(names);
});
