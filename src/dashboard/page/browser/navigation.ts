/** Where the person is, as the browser's address says it, and how they get elsewhere without loading the page again. */
import { computed, signal } from '@preact/signals';
import { placeAt, type Place } from './address.ts';

const BASE = new URL(document.baseURI).pathname;

const address = signal(here());

export const place = computed<Place>(() => placeAt(address.value.path));
export const query = computed(() => new URLSearchParams(address.value.search));
/** Changes with every move to another screen, and not with a filter. */
export const visit = signal(0);

function here(): { readonly path: string; readonly search: string } {
  const { pathname, search } = location;
  return { path: pathname.startsWith(BASE) ? pathname.slice(BASE.length) : '', search };
}

/** `href` is relative to the base. */
export function go(href: string): void {
  history.pushState(null, '', new URL(href, document.baseURI));
  arrive();
}

/** The way back does not lead to where the person was sent away from. */
export function goInstead(href: string): void {
  history.replaceState(null, '', new URL(href, document.baseURI));
  arrive();
}

/** The person stays on the screen, and the way back does not lead through every letter of a filter. */
export function replaceQuery(search: string): void {
  const url = new URL(location.href);
  url.search = search;
  if (url.href === location.href) return;
  history.replaceState(history.state, '', url);
  address.value = here();
}

function arrive(): void {
  address.value = here();
  visit.value += 1;
}

/** Links lead to other screens as `go` does. */
export function followLinks(): void {
  addEventListener('popstate', arrive);
  document.addEventListener('click', (event) => {
    const { target, button, metaKey, ctrlKey, shiftKey, altKey } = event;
    const link = target instanceof Element ? target.closest('a') : null;
    if (link === null || event.defaultPrevented || button !== 0) return;
    if (metaKey || ctrlKey || shiftKey || altKey || link.target !== '') return;
    const isOurs = link.origin === location.origin && link.pathname.startsWith(BASE);
    if (!isOurs || link.getAttribute('href')?.startsWith('#') === true) return;
    event.preventDefault();
    go(link.href);
    scrollTo(0, 0);
  });
}
