/** What an address of the dashboard stands for. All addresses are below the page's base, wherever a server puts it. */

export type Place =
  | { readonly screen: 'list'; readonly namespace: string | null }
  | { readonly screen: 'rollout'; readonly namespace: string; readonly name: string }
  | { readonly screen: 'plan'; readonly namespace: string; readonly name: string }
  | { readonly screen: 'nowhere' };

/** `path` is what follows the base, without a slash in front. */
export function placeAt(path: string): Place {
  const parts = path.split('/').filter((part) => part !== '');
  const [first = '', namespace = '', name = '', last] = parts.map(decoded);
  if (parts.length <= 1) return { screen: 'list', namespace: first === '' ? null : first };
  if (first !== 'rollout' || name === '') return { screen: 'nowhere' };
  if (parts.length === 3) return { screen: 'rollout', namespace, name };
  return parts.length === 4 && last === 'plan' ? { screen: 'plan', namespace, name } : { screen: 'nowhere' };
}

/** A path that cannot be decoded names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** Relative to the base. */
export function hrefOf(place: Place, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `${pathOf(place)}${search === '' ? '' : `?${search}`}`;
}

function pathOf(place: Place): string {
  switch (place.screen) {
    case 'list':
      return place.namespace === null ? './' : encodeURIComponent(place.namespace);
    case 'rollout':
      return `rollout/${encodeURIComponent(place.namespace)}/${encodeURIComponent(place.name)}`;
    case 'plan':
      return `rollout/${encodeURIComponent(place.namespace)}/${encodeURIComponent(place.name)}/plan`;
    case 'nowhere':
      return './';
  }
}
