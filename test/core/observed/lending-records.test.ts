/** What a ReplicaSet remembers of the labels and annotations that its pods wear. */
import { expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { NOTHING_INJECTED } from '../../../src/core/observed/injected-metadata.ts';
import { presentRecords } from '../../../src/core/observed/lending-records.ts';
import { buildWorld } from '../build-world.ts';

test.each([
  { isFollowed: false, record: '{"labels":{"role":"active"}}' },
  { isFollowed: true, record: null },
])(
  'what a template says no more is remembered until no pod can wear it: followed $isFollowed',
  ({ isFollowed, record }) => {
    const note = JSON.stringify({ labels: { role: 'active' } });
    const annotations = { [ANNOTATIONS.templateMetadata]: note };
    const [replicaSet] = buildWorld({ revisions: [{ version: 'v1', size: 1, annotations }] }).replicaSets;
    if (replicaSet === undefined) throw new Error('the world has no ReplicaSet');
    const own = { labels: { role: null }, annotations: {} };
    const records = presentRecords(replicaSet, NOTHING_INJECTED, own, isFollowed);
    expect(records[ANNOTATIONS.ephemeralMetadata]).toBe(record);
    expect(records[ANNOTATIONS.templateMetadata]).toBeNull();
  },
);
