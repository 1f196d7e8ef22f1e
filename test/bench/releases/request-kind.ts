/** Verb and resource of a request to the API server, read off its method and path: `patch rollouts/status`, `watch pods`. */
export function kindOfRequest(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'https://server');
  const parts = pathname.split('/').filter((part) => part !== '');
  const [root, ...rest] = parts;
  if (root !== 'api' && root !== 'apis') return `${method.toLowerCase()} ${pathname}`;
  // /api/VERSION/..., /apis/GROUP/VERSION/...
  const below = rest.slice(root === 'api' ? 1 : 2);
  const namespaced = below[0] === 'namespaces' && below.length > 2;
  const [plural = 'discovery', name, ...subresource] = namespaced ? below.slice(2) : below;
  const resource = [plural, ...subresource].join('/');
  if (method === 'GET' && name === undefined && plural !== 'discovery') {
    const watch = searchParams.get('watch');
    return `${watch === '1' || watch === 'true' ? 'watch' : 'list'} ${resource}`;
  }
  return `${VERBS[method] ?? method.toLowerCase()} ${resource}`;
}

const VERBS: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', PUT: 'update' };
