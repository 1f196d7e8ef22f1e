import { expect, test } from 'vitest';
import { kindOfRequest } from './request-kind.ts';

test.each([
  ['GET', '/api/v1/pods?watch=1&resourceVersion=7', 'watch pods'],
  ['GET', '/apis/apps/v1/replicasets?limit=500&watch=true', 'watch replicasets'],
  ['GET', '/apis/apps/v1/replicasets?limit=500', 'list replicasets'],
  ['GET', '/apis/apps/v1/namespaces/shop/replicasets', 'list replicasets'],
  ['GET', '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web', 'get rollouts'],
  ['PATCH', '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/status', 'patch rollouts/status'],
  ['PUT', '/apis/apps/v1/namespaces/shop/replicasets/web-1', 'update replicasets'],
  ['POST', '/api/v1/namespaces/shop/events', 'create events'],
  ['POST', '/api/v1/namespaces', 'create namespaces'],
  ['GET', '/api/v1/namespaces/shop', 'get namespaces'],
  ['DELETE', '/api/v1/namespaces/shop/pods/web-1', 'delete pods'],
  ['GET', '/apis', 'get discovery'],
  ['GET', '/version', 'get /version'],
])('%s %s is %s', (method, url, kind) => {
  expect(kindOfRequest(method, url)).toBe(kind);
});
