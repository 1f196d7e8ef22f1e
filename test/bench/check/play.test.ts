/** That the counts are those of the code and of nothing else: twice the same, and more when there is more to do. */
import { expect, test } from 'vitest';
import { ROLLOUTS } from '../../../src/kube/resources.ts';
import { countedLife } from './play.ts';
import { Stage } from './stage.ts';

test('two lives count the same', async () => {
  expect(await countedLife(new Stage())).toEqual(await countedLife(new Stage()));
});

test('what the controller does more is counted where it happens', async () => {
  const target = { namespace: 'shop', name: 'web' };
  const { release: usual = {} } = await countedLife(new Stage());
  const { release: busier = {} } = await countedLife(
    new Stage({ beforeLook: (client) => client.get(ROLLOUTS, target) }),
  );
  expect(busier['get rollouts']).toBe(busier['looks']);
  expect(busier['requests']).toBeGreaterThan(usual['requests'] ?? 0);
});

test('a Rollout at rest costs nothing', async () => {
  const counts = await countedLife(new Stage());
  const nothing = { looks: 0, decisions: 0, requests: 0 };
  expect(counts).toMatchObject({ rest: nothing, 'rest at a pause': nothing });
});
