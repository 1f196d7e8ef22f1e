/** Changes of several watches, in the order in which they were stored. */
import { expect, test } from 'vitest';
import { OrderedChanges, SETTLING_MS, type ArrivedChange } from '../../src/clients/ordered-changes.ts';
import { REPLICA_SETS, ROLLOUTS, type Resource } from '../../src/kube/resources.ts';

function change(
  resourceVersion: string,
  arrivedAt: number,
  resource: Resource = ROLLOUTS,
  type: ArrivedChange['event']['type'] = 'updated',
): ArrivedChange {
  return { resource, arrivedAt, event: { type, object: { metadata: { name: 'web', uid: 'u', resourceVersion } } } };
}

const versions = (changes: readonly ArrivedChange[]) =>
  changes.map(({ event }) => event.object.metadata.resourceVersion);

test('a change that arrives late comes before a later one', () => {
  const changes = new OrderedChanges();
  changes.add(change('101', 0, REPLICA_SETS));
  changes.add(change('99', 10));
  expect(changes.readyAt).toBe(SETTLING_MS);
  expect(versions(changes.take(SETTLING_MS - 1))).toEqual([]);
  // The older one is older than one that has waited for long enough.
  expect(versions(changes.take(SETTLING_MS))).toEqual(['99', '101']);
  expect(changes.readyAt).toBeNull();
});

test('what may still be overtaken waits', () => {
  const changes = new OrderedChanges();
  changes.add(change('100', 0));
  changes.add(change('102', 500));
  expect(versions(changes.take(SETTLING_MS))).toEqual(['100']);
  expect(changes.readyAt).toBe(SETTLING_MS + 500);
  expect(versions(changes.take(SETTLING_MS, true))).toEqual(['102']);
});

test('a deletion, which has the version before it, is no older than what has arrived', () => {
  const changes = new OrderedChanges();
  changes.add(change('100', 0));
  changes.add(change('7', 1, REPLICA_SETS, 'deleted'));
  changes.add(change('101', 2));
  expect(versions(changes.take(0, true))).toEqual(['100', '7', '101']);
});
