/** A browser for the tests of a file, and what its pages complain about. */
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { findChromium } from './chromium.ts';

/** Where pictures are kept; '' for nowhere. */
export const PICTURES = process.env.SERIN_SCREENSHOTS ?? '';

/** `null` where there is no browser to launch. */
export async function launchBrowser(): Promise<Browser | null> {
  const launch = await findChromium();
  return launch === null ? null : chromium.launch(launch);
}

/** Says what this machine cannot show; a test that silently never runs on a build server would be worth nothing. */
export function notHere(reason: string): void {
  if ((process.env.CI ?? '') !== '') throw new Error(reason);
  process.stderr.write(`\nNot tested here: ${reason}\n`);
}

export interface Opened {
  readonly page: Page;
  /** Errors of scripts, what was blocked or could not be loaded, and requests to other hosts. */
  readonly complaints: readonly string[];
}

/** A page without any memory of others; it is closed with the test. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const { host } = new URL(url);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).host !== host) complaints.push(`a request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

export async function keepPicture(page: Page, name: string, fullPage = true): Promise<void> {
  if (PICTURES === '') return;
  await page.screenshot({ path: join(PICTURES, name), animations: 'disabled', fullPage });
}
