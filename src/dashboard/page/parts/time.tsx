/** Moments as ages and countdowns that move on by themselves. */
import { spanText } from '../../../core/view/age.ts';
import { now } from '../browser/clock.ts';
import { agoText, inText, instantText } from '../words/times.ts';

interface At {
  readonly at: number;
}

/** `3m ago`. */
export function Ago({ at }: At) {
  return <Moment at={at} text={agoText(at, now.value)} />;
}

/** `3m`. */
export function Age({ at }: { readonly at: number | null }) {
  return at === null ? null : <Moment at={at} text={spanText(now.value - at)} />;
}

/** `in 3m`. */
export function Until({ at }: At) {
  return <Moment at={at} text={inText(at, now.value)} />;
}

/** `14:03:20`. */
export function Instant({ at }: At) {
  return <Moment at={at} text={instantText(at, now.value)} />;
}

function Moment({ at, text }: At & { readonly text: string }) {
  const exact = new Date(at);
  return (
    <time dateTime={exact.toISOString()} title={exact.toLocaleString('en-GB')}>
      {text}
    </time>
  );
}
