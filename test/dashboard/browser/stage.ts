/** One browser and one fake server for the tests of a file, and a page for each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, onTestFailed, onTestFinished, vi } from 'vitest';
import { buildPages } from '../../../scripts/dashboard/pages.ts';
import { launchBrowser, openPage, type Opened } from '../../testbed/browser/pages.ts';
import { notHere } from '../../testbed/not-here.ts';
import { FakeServer } from './fake-server.ts';

/** A machine may be ten times as slow. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

interface Stage {
  readonly fake: FakeServer;
  readonly browser: Browser;
  readonly folder: string;
}

export interface Played {
  readonly fake: FakeServer;
  /** Opens an address below the base. */
  readonly open: (path: string, options?: BrowserContextOptions) => Promise<Opened>;
}

let stage: Promise<Stage | null> | null = null;

async function setUp(): Promise<Stage | null> {
  const browser = await launchBrowser();
  if (browser === null) return null;
  const folder = await mkdtemp(join(tmpdir(), 'serin-pages-'));
  await buildPages(folder);
  return { browser, folder, fake: await FakeServer.start(folder) };
}

afterAll(async () => {
  const built = await stage;
  if (built === null) return;
  await built.browser.close();
  await built.fake.stop();
  await rm(built.folder, { recursive: true });
});

/** The body of a test with pages of its own, and a server that remembers nothing of the test before. */
export function staged(play: (played: Played) => Promise<void>): () => Promise<void> {
  return async () => {
    const built = await (stage ??= setUp());
    if (built === null) return notHere('the pages, because there is no Chromium: name one in CHROMIUM_PATH');
    const { fake, browser } = built;
    fake.reset();
    await play({
      fake,
      open: async (path, options) => {
        const opened = await openPage(browser, `${fake.url}${path}`, options);
        onTestFinished(() => opened[Symbol.asyncDispose]());
        onTestFailed(() => console.error(opened.complaints));
        return opened;
      },
    });
  };
}
