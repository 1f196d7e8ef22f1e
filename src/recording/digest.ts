/** Values that are not written down, as keyed digests: equal values stay equal, and different ones stay different. */
import { createHmac, randomBytes } from 'node:crypto';

/** Without its key it cannot even be tried whether a digest is that of a guess. */
export type Digest = (value: string) => string;

const WORD = 'redacted';
const DIGITS = 16;

/** Letters and digits only, so that it may stand where a name, a header or part of a URL stands. */
const WHOLE = new RegExp(`^${WORD}[0-9a-f]{${DIGITS}}$`);

/** With a key that this process has made and keeps nowhere. Nothing is '' still, and a digest is itself. */
export function keyedDigest(key: Uint8Array = randomBytes(32)): Digest {
  const known = new Map<string, string>();
  return (value) => {
    if (value === '' || WHOLE.test(value)) return value;
    const before = known.get(value);
    if (before !== undefined) return before;
    const digest = WORD + createHmac('sha256', key).update(value).digest('hex').slice(0, DIGITS);
    known.set(value, digest);
    return digest;
  };
}
