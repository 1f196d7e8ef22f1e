/** The plan of a release, made by the real planning from a world, and the ways to it and out of it. */
import { expect, test } from 'vitest';
import { button, shows } from '../../testbed/browser/pages.ts';
import { waitFor } from '../../testbed/cluster/wait.ts';
import { planned, problem } from './fake-server.ts';
import { eventOf, healthyView, pausedView, samplePlan } from './scenes.ts';
import { staged } from './stage.ts';

const IMAGE = 'registry.example/shop/web:2.4.0';
const plan = samplePlan(IMAGE);

test(
  'images are chosen, the plan is read, and the release is started from it',
  staged(async ({ fake, open }) => {
    fake.sendRollout(eventOf(healthyView(Date.now(), 'web'), Date.now(), 'all'));
    const requests: unknown[] = [];
    fake.onPlan = (request) => {
      requests.push(request);
      return planned(plan);
    };
    const { page, complaints } = await open('rollout/shop/web/plan');
    await page.getByRole('textbox', { name: 'web' }).fill(IMAGE);
    await button(page, 'Show the plan').click();
    await shows(
      page,
      '.outcome',
      /Revision 1 to revision 2 \(Canary, 5 replicas\)\.[\s\S]*Ends\s+Healthy\.[\s\S]*At most\s+\d+ pods, cpu \S+, memory \S+, at once/,
    );
    expect(requests).toEqual([{ images: [{ container: 'web', image: IMAGE }] }]);
    const table = page.getByRole('region', { name: 'Steps of the plan' });
    expect(await table.innerText()).toMatch(/step\s+rev 1\s+rev 2\s+weight\s+earliest\s+latest\s+waits for/i);
    expect(await table.innerText()).toMatch(/2 pause\s+5\s+1\s+20\s[\s\S]*a person who promotes/);
    await shows(page, 'main', /Writes on Services, Ingresses and Deployments[\s\S]*canary-weight\]: 0\s+to\s+20 /);

    // The address leads another person to the same plan.
    await page.reload();
    await shows(page, '.outcome', /Revision 1 to revision 2/);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toEqual(requests[0]);

    await button(page, 'Start this release').click();
    const dialog = page.getByRole('dialog', { name: 'Start the release of web?' });
    expect(await dialog.locator('code').innerText()).toBe(`kubectl argo rollouts -n shop set image web web=${IMAGE}`);
    await dialog.getByRole('button', { name: 'Start', exact: true }).click();
    await page.waitForURL('**/rollout/shop/web');
    expect(fake.commands).toEqual([
      { key: 'shop/web', request: { command: 'setImages', images: [{ container: 'web', image: IMAGE }] } },
    ]);
    expect(complaints).toEqual([]);
  }),
);

test(
  'the way back is planned from a revision, and started as one',
  staged(async ({ fake, open }) => {
    fake.sendRollout(eventOf(pausedView(Date.now()), Date.now(), 'all'));
    fake.onPlan = ({ revision }) => (revision === 2 ? planned(plan) : problem(400, 'another revision'));
    const { page } = await open('rollout/shop/web');
    await page.getByRole('link', { name: 'Plan the way back to revision 2' }).click();
    await button(page, 'Start this release').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
    await waitFor(() => fake.commands[0]?.request, { what: 'the command' });
    expect(fake.commands[0]?.request).toEqual({ command: 'undo', revision: 2 });
  }),
);

test(
  'what cannot be planned is told, and what cannot be released cannot be started',
  staged(async ({ fake, open }) => {
    fake.sendRollout(eventOf(pausedView(Date.now()), Date.now(), 'view'));
    fake.onPlan = () => problem(422, 'unable to find container named "proxy"');
    const { page } = await open(`rollout/shop/web/plan?images=${encodeURIComponent(`web=${IMAGE}`)}`);
    await shows(page, '.empty', /There is no plan\s+Unable to find container named "proxy"\./);
    fake.onPlan = () =>
      planned({ ...plan, ending: 'invalid', message: 'spec.strategy is missing', hazards: ['Sticky sessions'] });
    await button(page, 'Show the plan').click();
    await shows(page, '.outcome', /Ends\s+Not at all: spec\.strategy is missing\./);
    await shows(page, '.hazards', /Sticky sessions/);
    expect(await page.getByRole('region', { name: 'Steps of the plan' }).count()).toBe(0);
    await button(page, 'Start this release').click({ force: true });
    await shows(page, '[data-asked]', /^It cannot be released\.$/);

    // A plan may be read by a person who may only look.
    fake.onPlan = () => planned(plan);
    await button(page, 'Show the plan').click();
    await page.getByRole('region', { name: 'Steps of the plan' }).waitFor();
    await button(page, 'Start this release').click({ force: true });
    await shows(page, '[data-asked]', /^You may not patch rollouts in this namespace\.$/);
    expect(fake.commands).toEqual([]);
  }),
);
