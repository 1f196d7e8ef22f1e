/** The keys that work on every screen. */
import { hrefOf } from './browser/address.ts';
import { go } from './browser/navigation.ts';
import { isHelpOpen } from './help.tsx';

export function listenToGlobalKeys(): void {
  document.addEventListener('keydown', (event) => {
    const { key, target, metaKey, ctrlKey, altKey } = event;
    const isTyping = target instanceof Element && target.matches('input, select, textarea');
    if (isTyping || metaKey || ctrlKey || altKey || document.querySelector('dialog[open]') !== null) return;
    const act = KEYS[key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

const KEYS: Readonly<Record<string, () => void>> = {
  '/': () => document.getElementById('search')?.focus(),
  '?': () => (isHelpOpen.value = true),
  H: () => go(hrefOf({ screen: 'list', namespace: null })),
};
