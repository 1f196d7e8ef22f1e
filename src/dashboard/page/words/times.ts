/** Instants and spans in the words of the pages. */
import { spanText } from '../../../core/view/age.ts';

/** `14:03:20`, with the date when that is another one than `now`'s. In the browser's time zone. */
export function instantText(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString('en-GB');
  const date = dateText(at);
  return date === dateText(now) ? time : `${date}, ${time}`;
}

function dateText(at: number): string {
  return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

export function agoText(at: number, now: number): string {
  return `${spanText(now - at)} ago`;
}

/** `in 30s`; a moment that is over is due. */
export function inText(at: number, now: number): string {
  return at <= now ? 'now' : `in ${spanText(at - now)}`;
}
