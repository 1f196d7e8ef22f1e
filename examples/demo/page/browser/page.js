// @ts-check
/**
 * The page of the demo in the browser: draws what the demo sends and sends what a person presses. It remembers nothing, so
 * any number of pages can be open.
 *
 * @import { PageAnswer, PageState } from '../state.ts'
 * @typedef {NonNullable<PageState['stable']>} PageSide
 */

import { drawAnalysis } from './chart.js';
import { byId, setText } from './element.js';

const ROWS = 8;
const COLUMNS = 25;
const SLIDE_MS = 260;
/** A screen reader should not announce every square. */
const DESCRIBE_EVERY_MS = 5_000;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** The newest answers. A row is filled in random order: proxies deal in turn, and that would draw stripes. */
class Field {
  #element = byId('field');
  /** @type {HTMLElement[]} */
  #free = [];

  constructor() {
    this.clear();
  }

  clear() {
    this.#element.replaceChildren(...Array.from({ length: ROWS }, () => emptyRow()));
    this.#free = [];
  }

  /** @param {PageAnswer} answer */
  add({ version, failed }) {
    if (this.#free.length === 0) this.#openRow();
    const cell = this.#free.pop();
    if (cell === undefined) return;
    cell.dataset.version = version;
    if (failed) cell.dataset.failed = '';
  }

  describe() {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const cell of this.#element.querySelectorAll('[data-version]')) {
      const what = cell.hasAttribute('data-failed') ? 'failed' : (cell.getAttribute('data-version') ?? '');
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    const told = [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
    this.#element.setAttribute('aria-label', told === '' ? 'No answers yet' : `The newest answers: ${told}`);
  }

  #openRow() {
    const row = emptyRow();
    this.#element.lastElementChild?.remove();
    this.#element.prepend(row);
    this.#free = shuffled(/** @type {HTMLElement[]} */ ([...row.children]));
    if (calm.matches || document.hidden) return;
    const by = row.offsetHeight;
    this.#element.animate([{ transform: `translateY(${-by}px)` }, { transform: 'none' }], {
      duration: SLIDE_MS,
      easing: 'ease-out',
    });
  }
}

function emptyRow() {
  const row = document.createElement('div');
  row.className = 'row';
  for (let column = 0; column < COLUMNS; column += 1) {
    const cell = document.createElement('span');
    cell.className = 'cell';
    row.append(cell);
  }
  return row;
}

/**
 * @template T
 * @param {T[]} items
 */
function shuffled(items) {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [items[last], items[other]] = [/** @type {T} */ (items[other]), /** @type {T} */ (items[last])];
  }
  return items;
}

/** @param {number | null | undefined} value */
function percent(value, digits = 0) {
  return value === null || value === undefined ? '–' : `${value.toFixed(digits)} %`;
}

/** @param {PageState} state */
function draw(state) {
  const { rollout, phase, stable, canary, requests } = state;
  byId('rollout').textContent = rollout;
  setText('phase', phase);
  byId('phase').dataset.phase = phase;
  document.title = `${phase}: ${rollout}`;
  setText('canary-measured', percent(canary?.measured, 1));
  setText('canary-asked', canary === null ? 'no new version' : `of the requests; asked for ${percent(canary.asked)}`);
  setText('failed', requests.failed.toLocaleString('en'));
  byId('failed').toggleAttribute('data-bad', requests.failed > 0);
  setText('answered', `of ${requests.answered.toLocaleString('en')} requests`);
  drawSide('stable', stable);
  drawSide('canary', canary);
  drawBar('asked-bar', stable, canary, 'asked');
  drawBar('measured-bar', stable, canary, 'measured');
  drawSteps(state);
  drawWait(state);
  for (const button of commandButtons) {
    button.disabled = !state.commands.some((command) => button.dataset.post === `/commands/${command}`);
  }
  drawColours(state);
  drawBadVersion(state);
  drawAnalysis(state.analysis);
}

/** @param {'stable' | 'canary'} role @param {PageSide | null} side */
function drawSide(role, side) {
  const name = document.createElement('th');
  name.scope = 'row';
  const swatch = document.createElement('span');
  swatch.className = 'swatch';
  if (side !== null) swatch.dataset.version = side.version;
  const small = document.createElement('small');
  small.textContent = role;
  name.append(swatch, side?.version ?? '–', ' ', small);
  const cells = [
    side === null ? '–' : String(side.revision),
    side === null ? '–' : `${side.ready} of ${side.desired}`,
    percent(side?.asked),
    percent(side?.measured, 1),
  ].map((text) => {
    const cell = document.createElement('td');
    cell.textContent = text;
    return cell;
  });
  cells[0]?.classList.add('revision');
  byId(role).replaceChildren(name, ...cells);
}

/** @param {string} id @param {PageSide | null} stable @param {PageSide | null} canary @param {'asked' | 'measured'} what */
function drawBar(id, stable, canary, what) {
  const bar = byId(id);
  while (bar.children.length < 2) bar.append(document.createElement('i'));
  for (const [index, side] of [stable, canary].entries()) {
    const part = bar.children[index];
    if (!(part instanceof HTMLElement)) continue;
    part.dataset.version = side?.version ?? '';
    part.style.flexGrow = String(side?.[what] ?? 0);
  }
}

const STATES = { done: 'done', current: 'current step', next: 'to come' };
let stepsDrawn = '';

/** @param {PageState} state */
function drawSteps({ steps }) {
  const key = JSON.stringify(steps);
  if (key === stepsDrawn) return;
  stepsDrawn = key;
  const items = steps.map(({ text, state, rest }) => {
    const item = document.createElement('li');
    item.dataset.state = state;
    if (state === 'current') item.setAttribute('aria-current', 'step');
    const code = document.createElement('code');
    code.textContent = text;
    const mark = document.createElement('span');
    mark.className = 'mark';
    const said = document.createElement('span');
    said.className = 'unseen';
    said.textContent = `, ${STATES[state]}`;
    const time = document.createElement('span');
    time.className = 'rest';
    time.textContent = rest;
    item.append(mark, code, said, time);
    return item;
  });
  byId('steps').replaceChildren(...items);
}

/** @param {PageState} state */
function drawWait({ waitsFor }) {
  byId('wait').toggleAttribute('data-person', waitsFor?.needsPerson === true);
  setText('wait-heading', waitsFor?.needsPerson === true ? 'Waits for you' : 'Waits for');
  setText('wait-message', waitsFor === null ? 'nothing, all is well' : waitsFor.message);
  byId('wait-time').textContent = waitsFor?.time ?? '';
}

/** @param {PageState} state */
function drawColours({ colours }) {
  const place = byId('colours');
  if (place.children.length === 0) {
    for (const { name } of colours) {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.post = `/colours/${name}`;
      const swatch = document.createElement('span');
      swatch.className = 'swatch';
      swatch.dataset.version = name;
      button.append(swatch, name);
      place.append(button);
    }
  }
  for (const [index, { asked }] of colours.entries()) {
    const button = place.children[index];
    if (!(button instanceof HTMLButtonElement)) continue;
    button.disabled = asked;
    button.setAttribute('aria-pressed', String(asked));
  }
}

/** @param {PageState} state */
function drawBadVersion({ whyNoBadVersion }) {
  badButton.disabled = whyNoBadVersion !== null;
  setText('bad-note', whyNoBadVersion === null ? badNote : `Not now: ${whyNoBadVersion}.`);
}

/** '' removes the notice. @param {string} text */
function notice(text) {
  const element = byId('notice');
  element.textContent = text;
  element.hidden = text === '';
}

const commandButtons = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll('.commands button')]);

const badButton = /** @type {HTMLButtonElement} */ (byId('bad'));
const badNote = byId('bad-note').textContent;

/** @param {string} path */
async function post(path) {
  try {
    const response = await fetch(path, { method: 'POST' });
    notice(response.ok ? '' : `Not done: ${await response.text()}`);
  } catch {
    notice('The page cannot reach the demo.');
  }
}

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('button') : null;
  if (button?.dataset.post !== undefined) void post(button.dataset.post);
});

const field = new Field();
setInterval(() => field.describe(), DESCRIBE_EVERY_MS);

const events = new EventSource('/events');
events.addEventListener('open', () => {
  notice('');
  field.clear();
});
events.addEventListener('error', () => {
  notice('The demo has ended or cannot be reached. The page continues when it is back.');
  for (const button of document.querySelectorAll('button')) button.disabled = true;
});
events.addEventListener('state', ({ data }) => {
  const state = /** @type {PageState | null} */ (JSON.parse(data));
  if (state !== null) draw(state);
});
events.addEventListener('answers', ({ data }) => {
  for (const answer of /** @type {PageAnswer[]} */ (JSON.parse(data))) field.add(answer);
});
