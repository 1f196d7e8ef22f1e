/**
 * Golden histories: a few releases in prose, for people to read and for reviewers to see what a change of the core
 * changes. `vitest run --project unit test/simulation/golden --update` writes them anew.
 */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/kube/json.ts';
import { BLUE_GREEN, calmHistory, THROUGH_NGINX } from '../calm-history.ts';
import type { History } from '../history.ts';

interface Tale {
  /** Name of the file that holds the story. */
  readonly name: string;
  readonly strategy: JsonObject;
  readonly acts: readonly (readonly [text: string, act: (history: History) => void])[];
}

const newImage = ['sets a new image', ({ user }: History) => void user.setImage('')] as const;
const promote = ['promotes', ({ user }: History) => user.readForPromote()()] as const;
const abort = ['aborts', ({ user }: History) => user.abort()] as const;
const retry = ['retries', ({ user }: History) => user.retry()] as const;

const measures = (outcome: 'Successful' | 'Failed') =>
  [`measures what is ${outcome.toLowerCase()}`, ({ cluster }: History) => cluster.decreeTrials(outcome)] as const;

const STEPS: JsonObject[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: '10s' } }];

const TALES: readonly Tale[] = [
  {
    name: 'release-through-nginx',
    strategy: { canary: { ...THROUGH_NGINX, steps: STEPS } },
    acts: [newImage, promote],
  },
  {
    name: 'abort-and-retry',
    strategy: { canary: { ...THROUGH_NGINX, steps: STEPS } },
    acts: [newImage, abort, retry, promote],
  },
  {
    name: 'superseded-canary',
    strategy: { canary: { ...THROUGH_NGINX, steps: [{ setWeight: 20 }, { setWeight: 60 }, { pause: {} }] } },
    acts: [newImage, newImage, promote],
  },
  {
    name: 'stable-side-shrinks-with-its-traffic',
    strategy: {
      canary: {
        ...THROUGH_NGINX,
        dynamicStableScale: true,
        steps: [{ setWeight: 20 }, { setWeight: 60 }, { pause: {} }],
      },
    },
    acts: [newImage, abort, retry, promote],
  },
  {
    name: 'testers-first-by-header',
    strategy: {
      canary: {
        ...THROUGH_NGINX,
        steps: [
          { setCanaryScale: { replicas: 1 } },
          { setHeaderRoute: { name: 'preview', match: [{ headerName: 'X-Canary', headerValue: { exact: 'yes' } }] } },
          { pause: {} },
          { setHeaderRoute: { name: 'preview' } },
          { setWeight: 60 },
          { pause: {} },
        ],
      },
    },
    acts: [newImage, promote, promote],
  },
  {
    name: 'without-a-router',
    strategy: {
      canary: {
        stableService: THROUGH_NGINX.stableService,
        canaryService: THROUGH_NGINX.canaryService,
        maxSurge: 1,
        maxUnavailable: 0,
        steps: STEPS,
      },
    },
    acts: [newImage, promote],
  },
  {
    name: 'measured-release',
    strategy: {
      canary: {
        ...THROUGH_NGINX,
        analysis: { templates: [{ templateName: 'endless' }], startingStep: 1 },
        steps: [{ setWeight: 20 }, { analysis: { templates: [{ templateName: 'all' }] } }, { setWeight: 60 }],
      },
    },
    acts: [measures('Failed'), newImage, measures('Successful'), retry],
  },
  {
    name: 'blue-green',
    strategy: { blueGreen: { ...BLUE_GREEN, previewReplicaCount: 1 } },
    acts: [newImage, promote, newImage, abort, retry, promote],
  },
];

test.each(TALES)('$name', async ({ name, strategy, acts }) => {
  const history = await calmHistory(strategy, { told: true });
  for (const [text, act] of acts) {
    history.tell('user', text);
    act(history);
    await history.runToRest();
    history.checkSettled();
  }
  expect(history.user.status.phase).toBe('Healthy');
  await expect(`${history.lines.join('\n')}\n`).toMatchFileSnapshot(`${name}.txt`);
});
