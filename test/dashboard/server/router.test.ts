/** Which route a path leads to. */
import { expect, test } from 'vitest';
import { Router } from '../../../src/dashboard/server/router.ts';
import type { Route } from '../../../src/dashboard/server/visit.ts';

const answer = (): void => undefined;
const ROUTES: readonly Route[] = [
  { method: 'GET', path: 'rollouts', answer },
  { method: 'GET', path: 'rollouts/:namespace/:name', answer },
  { method: 'POST', path: 'rollouts/:namespace/:name', answer },
  { method: 'PUT', path: 'rollouts/:namespace/:name/set/:container/*image/:tag', answer },
];
const router = new Router(ROUTES);

test.each([
  ['GET', 'rollouts', {}],
  ['GET', 'rollouts/shop/web', { namespace: 'shop', name: 'web' }],
  ['GET', 'rollouts/shop/a%2Fb', { namespace: 'shop', name: 'a/b' }],
  [
    'PUT',
    'rollouts/shop/web/set/main/registry.example:5000/team/web/1.2',
    { namespace: 'shop', name: 'web', container: 'main', image: 'registry.example:5000/team/web', tag: '1.2' },
  ],
])('%s %s', (method, path, params) => {
  expect(router.find(method, path)).toMatchObject({ params });
});

test.each([
  ['GET', 'rollouts/'],
  ['GET', 'rollouts/shop'],
  ['GET', 'rollouts/shop/%zz'],
  ['GET', 'xrollouts'],
  ['PUT', 'rollouts/shop/web/set/main/web'],
])('%s %s leads nowhere', (method, path) => {
  expect(router.find(method, path)).toBeNull();
});

test('another method is told those that there are', () => {
  expect(router.find('DELETE', 'rollouts/shop/web')).toEqual({ allowed: ['GET', 'POST'] });
});
