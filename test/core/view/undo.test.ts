/** Going back to an earlier template, and changing images. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import { withImages } from '../../../src/core/view/set-image.ts';
import { undoOf } from '../../../src/core/view/undo.ts';
import type { PodTemplate, ReplicaSet } from '../../../src/kube/objects.ts';
import { rollout } from '../../api/sample-rollout.ts';

const OWNER = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-web', controller: true };

function template(image: string): PodTemplate {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } };
}

function replicaSet(revision: number, image: string, change: Partial<ReplicaSet['metadata']> = {}): ReplicaSet {
  const { metadata, spec } = template(image);
  const hash = `hash-${revision}`;
  const labels = { ...metadata?.labels, [LABELS.podTemplateHash]: hash };
  return {
    metadata: {
      name: `web-${hash}`,
      uid: hash,
      resourceVersion: '1',
      labels: { [LABELS.podTemplateHash]: hash },
      annotations: { [ANNOTATIONS.revision]: String(revision) },
      ownerReferences: [OWNER],
      ...change,
    },
    spec: { selector: {}, template: { ...(spec === undefined ? {} : { spec }), metadata: { labels } } },
  };
}

const WEB = rollout({ template: template('web:3') });
const ALL = [replicaSet(1, 'web:1'), replicaSet(3, 'web:3'), replicaSet(2, 'web:2')];

describe('undo', () => {
  test.each([
    { name: 'goes back by one revision', to: 0, image: 'web:2', revision: 2 },
    { name: 'goes back to the revision that is named', to: 1, image: 'web:1', revision: 1 },
  ])('$name, to the template without the label of its revision', ({ to, image, revision }) => {
    const undo = undoOf(WEB, ALL, to);
    const { spec } = template(image);
    expect(undo).toEqual({
      revision,
      template: { spec, metadata: { labels: { app: 'web' }, annotations: {} } },
    });
  });

  test('leaves a template alone that is there already', () => {
    expect(undoOf(WEB, ALL, 3)).toEqual({ matches: 3 });
  });

  test('knows revisions of its own only', () => {
    const foreign = replicaSet(4, 'web:4', { ownerReferences: [] });
    expect(undoOf(WEB, [...ALL, foreign], 4)).toEqual({ problem: 'unable to find specified revision 4 in history' });
  });

  test('has nothing to go back to after the first revision', () => {
    expect(undoOf(WEB, [replicaSet(1, 'web:3')], 0)).toEqual({ problem: 'no revision found for rollout "web"' });
  });
});

describe('images', () => {
  const pods: PodTemplate = {
    spec: {
      initContainers: [{ name: 'init', image: 'init:1', command: ['a'] }],
      containers: [
        { name: 'web', image: 'web:1' },
        { name: 'log', image: 'log:1' },
      ],
    },
  };

  test('of one container', () => {
    expect(withImages(pods, [{ container: 'web', image: 'web:2' }])).toEqual({
      podSpec: {
        ...pods.spec,
        containers: [
          { name: 'web', image: 'web:2' },
          { name: 'log', image: 'log:1' },
        ],
      },
    });
  });

  test('of all containers, and of one otherwise', () => {
    const images = [
      { container: '*', image: 'all:2' },
      { container: 'init', image: 'init:2' },
    ];
    expect(withImages(pods, images)).toEqual({
      podSpec: {
        initContainers: [{ name: 'init', image: 'init:2', command: ['a'] }],
        containers: [
          { name: 'web', image: 'all:2' },
          { name: 'log', image: 'all:2' },
        ],
      },
    });
  });

  test('of a container that is not there', () => {
    const images = [{ container: 'cache', image: 'cache:2' }];
    expect(withImages(pods, images)).toEqual({ problem: 'unable to find container named "cache"' });
  });
});
