import { expect, test } from 'vitest';
import { dialectOf, unknownControllerOf } from '../../../../src/core/traffic/nginx/dialect.ts';
import type { Ingress, IngressClass } from '../../../../src/kube/objects.ts';
import { ingress } from '../../build-world.ts';

function classes(name: string, controller: string): ReadonlyMap<string, IngressClass> {
  const metadata = { name, uid: `uid-${name}`, resourceVersion: '1' };
  return new Map([
    [name, { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata, spec: { controller } }],
  ]);
}

const NONE: ReadonlyMap<string, IngressClass> = new Map();

function ofClass(ingressClassName: string): Ingress {
  return ingress('web', { spec: { ingressClassName, rules: [] } });
}

test.each([
  { controller: 'k8s.io/ingress-nginx', dialect: 'ingress-nginx' },
  { controller: 'k8s.io/internal-ingress-nginx', dialect: 'ingress-nginx' },
  { controller: 'traefik.io/ingress-controller', dialect: 'Traefik' },
  { controller: 'higress.io/higress-controller', dialect: 'Higress' },
  { controller: 'mse.alibabacloud.com/ingress', dialect: 'Higress' },
  { controller: 'nginx.org/ingress-controller', dialect: '' },
  { controller: 'k8s.io/something-else', dialect: '' },
])('a class of $controller speaks "$dialect", whatever the class is called', ({ controller, dialect }) => {
  expect(dialectOf(classes('nginx', controller), ofClass('nginx')).name).toBe(dialect);
  expect(dialectOf(classes('edge', controller), ofClass('edge')).name).toBe(dialect);
  expect(unknownControllerOf(classes('edge', controller), ofClass('edge'))).toBe(dialect === '' ? controller : null);
});

test.each([
  { className: 'nginx', dialect: 'ingress-nginx' },
  { className: 'traefik', dialect: 'Traefik' },
  { className: 'higress', dialect: 'Higress' },
  { className: 'edge', dialect: '' },
])('where no class can be asked the name "$className" stands for "$dialect"', ({ className, dialect }) => {
  expect(dialectOf(NONE, ofClass(className)).name).toBe(dialect);
  expect(unknownControllerOf(NONE, ofClass(className))).toBeNull();
});

test('the annotation of former times names a class as well, and the field wins over it', () => {
  const annotations = { 'kubernetes.io/ingress.class': 'higress' };
  expect(dialectOf(NONE, ingress('web', { annotations, spec: { rules: [] } })).name).toBe('Higress');
  expect(dialectOf(NONE, ingress('web', { annotations })).name).toBe('ingress-nginx');
  expect(dialectOf(NONE, ingress('web', { spec: { rules: [] } })).name).toBe('');
});
