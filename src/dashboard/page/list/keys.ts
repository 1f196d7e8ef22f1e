/** The keyboard in the list: arrows move from Rollout to Rollout, and Enter opens one, as it opens any link. */

const STEPS: Readonly<Record<string, (columns: number) => number>> = {
  ArrowRight: () => 1,
  ArrowLeft: () => -1,
  ArrowDown: (columns) => columns,
  ArrowUp: (columns) => -columns,
};

/** Listens for as long as the list is there; returns how to stop it. */
export function listenToKeys(): () => void {
  const listen = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
    const { activeElement } = document;
    const isTyping = activeElement instanceof HTMLInputElement || activeElement instanceof HTMLSelectElement;
    if (document.querySelector('dialog[open]') !== null) return;
    // From the search, down leads into the list.
    if (isTyping && (activeElement.id !== 'search' || event.key !== 'ArrowDown')) return;
    const columns = Number(document.querySelector('[data-columns]')?.getAttribute('data-columns') ?? 1);
    const at = activeElement instanceof HTMLElement ? activeElement.dataset['index'] : undefined;
    if (focusRow(at === undefined ? firstInView() : Number(at) + step(columns))) event.preventDefault();
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}

function links(): readonly HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-index]')];
}

function firstInView(): number {
  return Number(links().find((one) => one.getBoundingClientRect().top >= 0)?.dataset['index'] ?? 0);
}

/** Lines beyond the view are drawn already, so that the next one is there. */
function focusRow(index: number): boolean {
  const link = links().find((one) => one.dataset['index'] === String(index));
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: 'nearest' });
  return link !== undefined;
}
