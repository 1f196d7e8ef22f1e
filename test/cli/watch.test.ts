/** Live pictures: how often they are drawn, what is sent for them, and how they end. */
import { describe, expect, test } from 'vitest';
import { line } from '../../src/cli/print/text.ts';
import { Screen } from '../../src/cli/watch/screen.ts';
import { until, type Ending } from '../../src/cli/watch/until.ts';
import { ManualClock } from '../runtime/manual-clock.ts';
import { recordedTerminal } from './recorded-terminal.ts';

class Changes {
  readonly #listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  happen(): void {
    for (const listener of this.#listeners) listener();
  }

  get heard(): boolean {
    return this.#listeners.size > 0;
  }
}

describe('looks', () => {
  function looking(options: { timeoutMs?: number; tickMs?: number | null; reachedAt?: number }) {
    const [clock, live, stop] = [new ManualClock(), new Changes(), new AbortController()];
    const looks: number[] = [];
    let ended: Ending | null = null;
    void until({
      clock,
      live,
      interrupted: stop.signal,
      timeoutMs: options.timeoutMs ?? 0,
      paceMs: 200,
      tickMs: options.tickMs ?? null,
      look: () => {
        looks.push(clock.monotonic());
        return options.reachedAt !== undefined && clock.monotonic() >= options.reachedAt;
      },
    }).then((ending) => (ended = ending));
    return { clock, live, stop, looks, ended: () => ended };
  }

  test('come at once, then at most five times a second however much changes', async () => {
    const { clock, live, looks } = looking({});
    for (let step = 0; step < 100; step++) {
      live.happen();
      await clock.advance(10);
    }
    expect(looks).toEqual([0, 200, 400, 600, 800, 1000]);
  });

  test('come when something changes, and every second so that ages grow', async () => {
    const { clock, live, looks } = looking({ tickMs: 1000 });
    await clock.advance(1500);
    live.happen();
    await clock.advance(500);
    expect(looks).toEqual([0, 1000, 1500]);
  });

  test('do not come while nothing changes, where no one reads ages', async () => {
    const { clock, looks } = looking({});
    await clock.advance(60_000);
    expect(looks).toEqual([0]);
  });

  test('end when all is as wanted', async () => {
    const { clock, live, looks, ended } = looking({ reachedAt: 300 });
    await clock.advance(300);
    live.happen();
    await clock.advance(1000);
    expect({ looks, ended: ended(), heard: live.heard }).toEqual({ looks: [0, 300], ended: 'reached', heard: false });
  });

  test('end with the time, after a last look', async () => {
    const { clock, live, looks, ended } = looking({ timeoutMs: 5000 });
    await clock.advance(6000);
    expect({ looks, ended: ended(), heard: live.heard }).toEqual({ looks: [0, 5000], ended: 'timeout', heard: false });
    expect(clock.pendingTimers).toBe(0);
  });

  test('end when a person presses Ctrl-C', async () => {
    const { clock, stop, ended } = looking({ tickMs: 1000 });
    await clock.advance(500);
    stop.abort();
    await clock.advance(0);
    expect(ended()).toBe('interrupted');
    expect(clock.pendingTimers).toBe(0);
  });
});

const ESCAPE = '\u001B';
const lines = (...texts: readonly string[]) => texts.map((text) => line(text));

describe('a terminal', () => {
  test('is sent only the rows that changed, all at once, and keeps the last picture', () => {
    const terminal = recordedTerminal({ size: () => ({ columns: 20, rows: 5 }) });
    const screen = new Screen(terminal, 'none');
    screen.show(lines('one', 'two', 'three'));
    const first = terminal.out();
    expect(first).toContain(`${ESCAPE}[?1049h`);
    screen.show(lines('one', 'deux', 'three'));
    const second = terminal.out().slice(first.length);
    expect(second).toBe(`${ESCAPE}[?2026h${ESCAPE}[2;1Hdeux${ESCAPE}[K${ESCAPE}[?2026l`);
    screen.show(lines('one', 'deux', 'three'));
    expect(terminal.out()).toBe(first + second);
    screen.show(lines('one'));
    expect(terminal.out().slice((first + second).length)).toContain(
      `${ESCAPE}[2;1H${ESCAPE}[K${ESCAPE}[3;1H${ESCAPE}[K`,
    );
    screen.close();
    expect(terminal.out().endsWith(`${ESCAPE}[?25h${ESCAPE}[?1049lone\n`)).toBe(true);
  });

  test('that is too small shows how much is left out', () => {
    const terminal = recordedTerminal({ size: () => ({ columns: 6, rows: 2 }) });
    new Screen(terminal, 'none').show(lines('a long line', 'two', 'three'));
    expect(terminal.out()).toContain(`${ESCAPE}[1;1Ha lon…`);
    expect(terminal.out()).toContain(`${ESCAPE}[2;1H… 2 m…`);
  });

  test('that changes its size is drawn anew', () => {
    let columns = 20;
    const terminal = recordedTerminal({ size: () => ({ columns, rows: 5 }) });
    const screen = new Screen(terminal, 'none');
    screen.show(lines('one'));
    const first = terminal.out().length;
    columns = 40;
    screen.show(lines('one'));
    expect(terminal.out().slice(first)).toContain(`${ESCAPE}[2J${ESCAPE}[1;1Hone`);
  });
});

test('a file gets each picture that differs, below the one before', () => {
  const terminal = recordedTerminal();
  const screen = new Screen(terminal, 'none');
  for (const picture of [lines('one'), lines('one'), lines('two')]) screen.show(picture);
  screen.close();
  expect(terminal.out()).toBe('one\n\ntwo\n');
});
