/**
 * Every screen in light and dark: axe finds nothing grave, nothing is blocked by the Content-Security-Policy or asked of
 * another host, and at the width of a phone nothing has to be scrolled sideways. SERIN_SCREENSHOTS=FOLDER keeps pictures.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { button, keepPicture, shows } from '../../testbed/browser/pages.ts';
import { graveViolations } from './axe.ts';
import { planned, type FakeServer } from './fake-server.ts';
import {
  abortedView,
  eventOf,
  experimentView,
  healthyView,
  pausedView,
  previewView,
  promotedView,
  rowOf,
  samplePlan,
  stuckView,
} from './scenes.ts';
import { staged } from './stage.ts';

const IMAGE = 'registry.example/shop/web:2.4.0';
const PHONE = { width: 360, height: 760 };

interface Screen {
  readonly name: string;
  readonly path: string;
  /** Brings the screen to where it is looked at. */
  readonly arrive: (page: Page) => Promise<unknown>;
  /** Only what is in view. */
  readonly inView?: true;
  readonly signedOut?: true;
}

const SCREENS: readonly Screen[] = [
  { name: 'list', path: '', arrive: (page) => shows(page, '.card', /Healthy/), inView: true },
  { name: 'table', path: '?view=table', arrive: (page) => shows(page, '.table', /Healthy/), inView: true },
  {
    name: 'nothing-found',
    path: '?search=zzz',
    arrive: (page) => shows(page, '.empty', /No Rollout fits/),
    inView: true,
  },
  { name: 'rollout', path: 'rollout/shop/web', arrive: (page) => shows(page, '.main', /Analysis/) },
  { name: 'aborted', path: 'rollout/shop/checkout', arrive: (page) => shows(page, '.main', /Analysis/) },
  { name: 'blue-green', path: 'rollout/shop/payments', arrive: (page) => shows(page, '.main', /Revisions/) },
  { name: 'stuck', path: 'rollout/shop/search', arrive: openPods },
  {
    name: 'experiment',
    path: 'rollout/shop/ranking',
    arrive: (page) => shows(page, '.main', /Experiments/),
  },
  {
    name: 'confirmation',
    path: 'rollout/shop/web',
    arrive: async (page) => {
      await button(page, 'Promote').click();
      await page.getByRole('dialog').waitFor();
    },
    inView: true,
  },
  {
    name: 'images',
    path: 'rollout/shop/progress',
    arrive: async (page) => {
      await button(page, 'Change images').click();
      await page.getByRole('textbox', { name: 'web' }).fill(IMAGE);
    },
    inView: true,
  },
  {
    name: 'plan',
    path: `rollout/shop/catalogue/plan?images=${encodeURIComponent(`web=${IMAGE}`)}`,
    arrive: (page) => shows(page, '.plan', /a person who promotes/),
  },
  {
    name: 'help',
    path: '',
    arrive: async (page) => {
      await button(page, 'Help').click();
      await page.getByRole('dialog').waitFor();
    },
    inView: true,
  },
  {
    name: 'sign-in',
    path: '',
    arrive: (page) => page.getByLabel('Bearer token').waitFor(),
    inView: true,
    signedOut: true,
  },
];

async function openPods(page: Page): Promise<void> {
  await page.getByText('2 pods', { exact: true }).click();
  await shows(page, 'table', /ImagePullBackOff/);
}

function fill(fake: FakeServer): void {
  const now = Date.now();
  const views = [
    pausedView(now),
    abortedView(now),
    previewView(now),
    stuckView(now),
    promotedView(now, 'progress'),
    experimentView(now),
    ...['cart', 'catalogue', 'inventory', 'mail', 'orders', 'pricing', 'recommendations', 'reviews'].map((name) =>
      healthyView(now, name),
    ),
    stuckView(now, 'shipping'),
    promotedView(now, 'users'),
  ];
  for (const view of views) fake.sendRollout(eventOf(view, now, 'all'));
  fake.rows = views.map((view) => rowOf(view));
  fake.onPlan = () => planned(samplePlan(IMAGE));
}

/** How much wider than the view the page is, in pixels. */
function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

for (const { name, path, arrive, inView, signedOut } of SCREENS) {
  test(
    `${name}: for everybody, in light and dark, on a phone`,
    staged(async ({ fake, open }) => {
      fill(fake);
      if (signedOut === true) fake.me = { ...fake.me, signIn: 'token', signedIn: false };
      const { page, complaints } = await open(path, { reducedMotion: 'reduce' });
      await arrive(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await graveViolations(page)).toEqual([]);
        await keepPicture(page, `dashboard-${name}-${colorScheme}.png`, inView !== true);
      }
      await page.setViewportSize(PHONE);
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await overflow(page)).toBe(0);
      expect(await graveViolations(page)).toEqual([]);
      await keepPicture(page, `dashboard-${name}-phone.png`, false);
      expect(complaints).toEqual([]);
    }),
  );
}

test(
  'the colours follow the switch rather than the system, and are remembered',
  staged(async ({ fake, open }) => {
    fill(fake);
    const { page } = await open('', { colorScheme: 'light' });
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await button(page, 'Colours: as the system has them').click();
    const light = await ground();
    await button(page, 'Colours: light').click();
    await button(page, 'Colours: dark').waitFor();
    expect(await ground()).not.toBe(light);
    await page.reload();
    await button(page, 'Colours: dark').waitFor();
    expect(await ground()).not.toBe(light);
  }),
);

test(
  'the keyboard alone promotes, and the focus is always seen',
  staged(async ({ fake, open }) => {
    fill(fake);
    const { page } = await open('rollout/shop/web');
    await button(page, 'Promote').waitFor();
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('To the content');
    await page.keyboard.press('Enter');
    for (let tabs = 0; (await focused()) !== 'Promote'; tabs += 1) {
      expect(tabs).toBeLessThan(12);
      await page.keyboard.press('Tab');
    }
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Promote web?' }).waitFor();
    expect(await focused()).toBe('Promote');
    await page.keyboard.press('Enter');
    await shows(page, '[role=status] .toast', /^Done\./);
    expect(fake.commands.map(({ request }) => request)).toEqual([{ command: 'promote' }]);
  }),
);
