/**
 * The dashboard as people use it: a real browser, the real server, API server and controller. What every screen shows in
 * detail is tested in test/dashboard/browser, without a cluster.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { buildPages } from '../../scripts/dashboard/pages.ts';
import { LABELS } from '../../src/api/words/labels.ts';
import { graveViolations } from '../dashboard/browser/axe.ts';
import { button, launchBrowser, msUntil, openPage, shows } from '../testbed/browser/pages.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { notHere } from '../testbed/not-here.ts';
import { dashboardFor } from './dashboard.ts';
import { basicRollout, routedRollout, routing } from './manifests.ts';
import { MetricPage } from './metric-page.ts';
import { tokenOf, VIEW, type Rule } from './person.ts';
import { test, type Session } from './session.ts';

const STEER: readonly Rule[] = [
  ...VIEW,
  { apiGroups: ['argoproj.io'], resources: ['rollouts', 'rollouts/status', 'analysisruns'], verbs: ['patch'] },
];

let browser: Browser | null = null;
let pages = '';

beforeAll(async () => {
  browser = await launchBrowser();
  pages = await mkdtemp(join(tmpdir(), 'serin-pages-'));
  await buildPages(pages);
});
afterAll(async () => {
  await browser?.close();
  await rm(pages, { recursive: true });
});

function noBrowser(): void {
  notHere('the pages, because there is no Chromium: name one in CHROMIUM_PATH');
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Bearer token').fill(token);
  await page.keyboard.press('Enter');
}

/** Gives a command and says yes. */
async function give(page: Page, label: string | RegExp, yes: string): Promise<void> {
  // It becomes possible when the server has seen what makes it so.
  await waitFor(() => button(page, label).first().getAttribute('aria-disabled'), {
    what: `${label} to be possible`,
    until: (disabled) => disabled === 'false',
  });
  await button(page, label).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: yes, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

function analysis(metrics: MetricPage): object {
  const metric = {
    name: 'errors',
    interval: '1s',
    successCondition: 'result < 5',
    provider: { web: { url: metrics.url } },
  };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'healthy' },
    spec: { metrics: [metric] },
  };
}

async function deployed(session: Session, metrics: MetricPage): Promise<void> {
  const canary = {
    analysis: { templates: [{ templateName: 'healthy' }] },
    steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }],
  };
  await session.apply(analysis(metrics), ...routing(), routedRollout({ replicas: 2, canary }));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1', weight: 0 });
}

test('a person with rights plans a release, starts it, and steers it in every way', async ({ session, expect }) => {
  if (browser === null) return noBrowser();
  await using metrics = await MetricPage.open(1);
  const token = await tokenOf(session, { name: 'steering', rules: STEER });
  await deployed(session, metrics);
  await using server = await dashboardFor({ pages, signIn: { method: 'token' }, namespace: session.namespace });
  await using opened = await openPage(browser, server.url);
  const { page, complaints } = opened;
  await signIn(page, token);
  await shows(page, '.card', /^web\s[\s\S]*Healthy/);
  await page.getByRole('link', { name: 'web' }).click();
  await shows(page, '.cause-panel', /All is well/);

  await button(page, 'Change images').click();
  await page.getByRole('textbox', { name: 'web' }).fill('web:2');
  await page.getByRole('link', { name: 'Plan first' }).click();
  await shows(page, '.plan', /2 pause\s+2\s+1\s+20[\s\S]*a person who promotes/);
  await give(page, 'Start this release', 'Start');
  await page.waitForURL(`**/rollout/${session.namespace}/web`);

  await shows(page, '.cause-panel', /Waits for a person[\s\S]*[Pp]aused at step 2/);
  await shows(page, '.shares', /Asked for the new revision\s+20 %\s+Observed for the new revision\s+20 %/);
  await shows(page, '[aria-current=step]', /^pause/);
  await shows(page, '.steps [data-state=done]', /^setWeight: 20[\s\S]* ago$/);
  await waitFor(() => page.locator('.point').count(), { what: 'measurements', until: (count) => count > 1 });
  await shows(page, '.events', /RolloutPaused/);
  expect(await graveViolations(page)).toEqual([]);

  await give(page, 'End this analysis', 'End the analysis');
  await shows(page, '.run', /During the steps\s+Successful/);
  await give(page, 'Pause', 'Pause');
  await shows(page, '.sentence', /^Paused by spec\.paused/);
  await give(page, 'Resume', 'Resume');
  await shows(page, '.sentence', /^Paused at step 2/);
  await give(page, 'Promote', 'Promote');
  await shows(page, '.sentence', /^Paused at step 4/);
  await give(page, 'Abort', 'Abort');
  await shows(page, '.heading .phase', /Degraded/);
  await shows(page, '.shares', /Asked for the new revision\s+0 %/);
  await give(page, 'Retry', 'Retry');
  await shows(page, '.sentence', /^Paused at step 2/);
  await give(page, 'Promote fully', 'Promote fully');
  await shows(page, '.heading .phase', /Healthy/);
  await give(page, 'Roll back to revision 1', 'Roll back');
  await shows(page, '.cause-panel', /Waits for a person/);
  await shows(page, 'dl.images', /web:1/);
  await give(page, 'Promote fully', 'Promote fully');
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });

  const restartAt = async () => (await session.get('rollouts', 'web')).spec.restartAt;
  expect(await restartAt()).toBeUndefined();
  await give(page, 'Restart pods', 'Restart pods');
  await waitFor(restartAt, { what: 'the restart' });
  expect(complaints).toEqual([]);

  await session.kubectl('delete', 'rollout', 'web');
  await shows(page, '.empty', /web has been deleted/);
});

test('a person who may only look sees all of it, and is told why nothing can be done', async ({ session, expect }) => {
  if (browser === null) return noBrowser();
  await using metrics = await MetricPage.open(1);
  const token = await tokenOf(session, { name: 'looking', rules: VIEW });
  await deployed(session, metrics);
  await session.kubectl(
    'patch',
    'rollout',
    'web',
    '--type=json',
    '-p',
    JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'web:2' }]),
  );
  await session.until('web', { phase: 'Paused' });
  await using server = await dashboardFor({ pages, signIn: { method: 'token' }, namespace: session.namespace });
  const screen = `rollout/${session.namespace}/web`;
  await using opened = await openPage(browser, `${server.url}${screen}`);
  const { page } = opened;
  await signIn(page, 'not-a-token');
  await shows(page, '.problem', /\S/);
  await signIn(page, token);

  await shows(page, '.cause-panel', /Waits for a person/);
  await shows(page, '.shares', /Observed for the new revision\s+20 %/);
  await shows(page, '.actions', /You may not patch rollouts/);
  for (const label of [
    'Promote',
    'Promote fully',
    'Abort',
    'Retry',
    'Pause',
    'Restart pods',
    'Change images',
    /^Roll back/,
  ]) {
    expect(await button(page, label).first().getAttribute('aria-disabled')).toBe('true');
    await button(page, label).first().click({ force: true });
    await shows(page, '[data-asked]', /^You may not patch /);
    expect(await page.getByRole('dialog').count()).toBe(0);
  }
  const api = `${server.url}api/serin/v1/rollouts/${session.namespace}/web/commands`;
  const status = await page.evaluate<number>(`fetch(${JSON.stringify(api)}, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"command":"promote"}',
  }).then(({ status }) => status)`);
  expect(status).toBe(403);
  await session.until('web', { phase: 'Paused', index: 1 });

  await button(page, 'Sign out').click();
  await shows(page, 'h1', /^Sign in$/);
});

test('the first view of 500 Rollouts, and a change of one of them', async ({ session, expect }) => {
  if (browser === null) return noBrowser();
  const path = '/apis/argoproj.io/v1alpha1';
  // No controller acts on them: what takes time here is to read and to show them.
  const labels = { [LABELS.instanceId]: 'no-controller' };
  for (let made = 0; made < 500; made += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const rollout = basicRollout({ name: `web-${made + index}`, replicas: 0 });
        const metadata = { ...rollout.metadata, labels };
        return session.client.create(`${path}/namespaces/${session.namespace}/rollouts`, { ...rollout, metadata });
      }),
    );
  }
  await using server = await dashboardFor({ pages, namespace: session.namespace });
  const url = `${server.url}${session.namespace}`;
  const firstMs: number[] = [];
  for (const _ of ['with a server that has nothing yet', 'again']) {
    await using opened = await openPage(browser, url);
    const { page } = opened;
    firstMs.push(Math.round(await msUntil(page, '[data-index]')));
    await shows(page, '.heading', /500 Rollouts/);
    if (firstMs.length === 1) continue;
    await session.kubectl('label', 'rollout', 'web-7', 'team=new');
    await page.getByRole('searchbox', { name: 'Search' }).fill('team:new');
    await waitFor(() => page.locator('[data-index]').allInnerTexts(), {
      what: 'the one with the label',
      until: (names) => names.join() === 'web-7',
    });
  }
  expect(firstMs).toHaveLength(2);
  process.stdout.write(`The first view of 500 Rollouts takes ${firstMs[0]} ms, and the second ${firstMs[1]} ms\n`);
});
