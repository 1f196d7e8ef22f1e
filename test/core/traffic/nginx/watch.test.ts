/** Which objects of nginx belong to the world of a Rollout. */
import { expect, test } from 'vitest';
import { nginxWatch } from '../../../../src/core/traffic/nginx/watch.ts';
import { lookupIn, type Lookup } from '../../../../src/core/observed/lookup.ts';
import type { Ingress, IngressClass } from '../../../../src/kube/objects.ts';
import { controllerReference } from '../../../../src/kube/owners.ts';
import { INGRESSES, ROLLOUTS } from '../../../../src/kube/resources.ts';
import { buildWorld, ingress, NAME, NAMESPACE, routed, UID } from '../../build-world.ts';

/** On a host, leading to a Service. */
function leading(name: string, host: string, service: string): Ingress {
  const paths = [{ path: '/', pathType: 'Prefix', backend: { service: { name: service } } }];
  return ingress(name, { spec: { ingressClassName: 'edge', rules: [{ host, http: { paths } }] } });
}

/** As a Rollout of that name has left it that was deleted. */
function abandoned(one: Ingress): Ingress {
  const managedFields = [{ manager: 'serin' }];
  return { ...one, metadata: { ...one.metadata, ...({ managedFields } as object) } };
}

function owned(one: Ingress): Ingress {
  return { ...one, metadata: { ...one.metadata, ownerReferences: [controllerReference(ROLLOUTS, NAME, UID)] } };
}

const CLASS: IngressClass = { metadata: { name: 'edge', uid: 'uid-class', resourceVersion: '1' } };

function cluster(ingresses: readonly Ingress[]): Lookup {
  return lookupIn(({ plural }) => (plural === INGRESSES.plural ? ingresses : [CLASS]));
}

const STABLE = leading('web', 'web.example.com', 'web-stable');

test.each<{ name: string; other: Ingress; finds: readonly string[] }>([
  { name: 'the canary beside it', other: leading('web-web-canary', 'a', 'web-canary'), finds: ['web-web-canary'] },
  { name: 'another one on its host', other: leading('other', 'web.example.com', 'other'), finds: ['other'] },
  { name: 'another one that leads to its Service', other: leading('other', 'a', 'web-stable'), finds: ['other'] },
  { name: 'one that the Rollout owns', other: owned(leading('former', 'a', 'other')), finds: ['former'] },
  {
    name: 'one that is named like a canary of it and has no owner any more',
    other: abandoned(leading('web-former-canary', 'a', 'other')),
    finds: ['web-former-canary'],
  },
  { name: 'none of another name without an owner', other: abandoned(leading('former', 'a', 'other')), finds: [] },
  { name: 'none that has nothing to do with it', other: leading('other', 'a', 'other'), finds: [] },
  {
    name: 'none of another namespace',
    other: {
      ...leading('other', 'web.example.com', 'web-stable'),
      metadata: { name: 'other', namespace: `${NAMESPACE}-2`, uid: 'uid-other', resourceVersion: '1' },
    },
    finds: [],
  },
])('beside the stable Ingress: $name', ({ other, finds }) => {
  const { rollout } = buildWorld({ strategy: routed() });
  const found = nginxWatch.gather(cluster([STABLE, other]), rollout);
  expect(found.map(({ resource, object }) => `${resource.plural} ${object.metadata.name}`)).toEqual([
    'ingresses web',
    ...finds.map((name) => `ingresses ${name}`),
    'ingressclasses edge',
  ]);
});

test('the stable Ingress in the name of one without an owner tells whose it was', () => {
  const { rollout } = buildWorld({ strategy: {} });
  const former = leading('former', 'a', 'web-stable');
  const left = abandoned(leading('web-former-canary', 'b', 'web-canary'));
  const found = nginxWatch.gather(cluster([STABLE, former, left]), rollout);
  expect(found.map(({ object }) => object.metadata.name)).toEqual(['web-former-canary', 'former', 'edge']);
});
