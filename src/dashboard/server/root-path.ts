/** Below which path everything is served: that of a proxy in front, or a name of its own. */

/** With a slash at both ends; `/` for an empty one. Throws for what cannot be a path. */
export function basePath(text: string): string {
  const path = text.replaceAll(/^\/+|\/+$/g, '');
  if (path === '') return '/';
  if (!/^[\w.~-]+(?:\/[\w.~-]+)*$/.test(path) || path.split('/').includes('..'))
    throw new Error(`the root path must be letters, digits and slashes, not ${JSON.stringify(text)}`);
  return `/${path}/`;
}
