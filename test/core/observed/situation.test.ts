/** How the ReplicaSet of a template is recognised when hashes do not tell, whatever its role lends to it (spec 4.4). */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { injectedMetadata, withInjectedMetadata } from '../../../src/core/observed/injected-metadata.ts';
import { bornRecords } from '../../../src/core/observed/lending-records.ts';
import type { PodTemplate } from '../../../src/kube/objects.ts';
import { buildSituation, replicaSetNameOf, templateOf, type Revision } from '../build-world.ts';

const { ephemeralMetadata: RECORD, templateMetadata: NOTE } = ANNOTATIONS;
const ROLE = injectedMetadata({ labels: { role: 'canary' }, annotations: { note: 'on trial' } });

/** The template as an undo copies it: with a default of the API server, so that its hash is another one. */
function copied(metadata: PodTemplate['metadata'] = {}): PodTemplate {
  const template = templateOf('v1');
  return {
    metadata: { ...metadata, labels: { ...template.metadata?.labels, ...metadata.labels } },
    spec: { ...template.spec, restartPolicy: 'Always' },
  };
}

const OWN = copied({ labels: { role: 'stable' }, annotations: { note: 'template' } });
const worn = withInjectedMetadata(OWN, ROLE);
const LABELS = { role: 'stable' };
const FOREIGN = { [RECORD]: bornRecords(OWN, ROLE)[RECORD] ?? '' };

function found(revision: Partial<Revision>, template: PodTemplate): string | undefined {
  const revisions = [{ version: 'v1', size: 1, ...revision }];
  return buildSituation({ revisions, spec: { template } }).canary?.metadata.name;
}

describe('a ReplicaSet that wears what a role lends is found', () => {
  test.for<[string, Partial<Revision>, PodTemplate]>([
    ['by what it was made of', { template: worn, annotations: bornRecords(OWN, ROLE), labels: LABELS }, OWN],
    ['as it stands, when an undo has copied it', { template: worn, annotations: bornRecords(OWN, ROLE) }, worn],
    ['when another controller has made it', { template: worn, annotations: FOREIGN, labels: LABELS }, OWN],
    [
      'when another controller has taken away an annotation that it had itself',
      { template: copied({ labels: LABELS }), annotations: { [NOTE]: bornRecords(OWN, ROLE)[NOTE] ?? '' } },
      OWN,
    ],
    [
      'when the template has nothing of what is lent',
      { template: withInjectedMetadata(copied(), ROLE), annotations: bornRecords(copied(), ROLE) },
      copied(),
    ],
  ])('%s', ([_how, revision, template]) => {
    expect(found(revision, template)).toBe(replicaSetNameOf('v1'));
  });
});

describe('a change of the template is a new revision', () => {
  const ours: Partial<Revision> = { template: worn, annotations: bornRecords(OWN, ROLE), labels: LABELS };

  test.for<[string, Partial<Revision>, PodTemplate]>([
    ['in a label that a role replaces', ours, copied({ labels: { role: 'x' }, annotations: { note: 'template' } })],
    ['in an annotation that a role replaces', ours, copied({ labels: LABELS, annotations: { note: 'x' } })],
    ['that takes such a label away', ours, copied({ annotations: { note: 'template' } })],
    [
      'that brings such a label',
      { template: withInjectedMetadata(copied(), ROLE), annotations: bornRecords(copied(), ROLE) },
      copied({ labels: { role: 'x' } }),
    ],
    [
      'in a label that a role of another controller replaces',
      { ...ours, annotations: FOREIGN },
      copied({ labels: { role: 'x' }, annotations: { note: 'template' } }),
    ],
  ])('%s', ([_what, revision, template]) => {
    expect(found(revision, template)).toBeUndefined();
  });
});

test('the ReplicaSet that was made of the template goes before one that only looks like it', () => {
  const template = copied({ labels: { role: 'canary' }, annotations: { note: 'on trial' } });
  const lookalike = { version: 'v1', template: worn, annotations: bornRecords(OWN, ROLE), labels: LABELS };
  const revisions = [lookalike, { version: 'v2', template, labels: { role: 'canary' } }];
  expect(buildSituation({ revisions, spec: { template } }).canary?.metadata.name).toBe(replicaSetNameOf('v2'));
});
