/** Who the person is to the server. */
import { signal } from '@preact/signals';
import type { Me } from '../../wire.ts';
import { errorText, toast } from './toasts.ts';
import { getJson, postJson, Refused } from './requests.ts';

const RETRY_MS = 2000;

/** `null` until the server has said. */
export const me = signal<Me | null>(null);
/** Why the server does not say; '' while it does. */
export const unknownBecause = signal('');

/** Asks until there is an answer. */
export async function loadMe(): Promise<void> {
  try {
    me.value = await getJson<Me>('me');
    unknownBecause.value = '';
  } catch (error) {
    unknownBecause.value = errorText(error);
    setTimeout(() => void loadMe(), RETRY_MS);
  }
}

/** A sentence when the token is refused; '' when the person is in. */
export async function signIn(token: string): Promise<string> {
  try {
    await postJson('sign-in', { token });
  } catch (error) {
    return errorText(error);
  }
  await loadMe();
  return '';
}

export async function signOut(): Promise<void> {
  await postJson('sign-out', {}).catch((error: unknown) => toast('failed', errorText(error)));
  await loadMe();
}

/** Whether a refusal means that the person is signed out; the sign-in is shown then. */
export function isSignedOut(error: unknown): boolean {
  if (!(error instanceof Refused) || error.status !== 401) return false;
  if (me.value !== null) me.value = { ...me.value, signedIn: false };
  return true;
}
