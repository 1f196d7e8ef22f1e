/** What an authenticating proxy proves itself with: the content of a file, which may change. */
import { readFileSync } from 'node:fs';

const FRESH_MS = 10_000;

/** Reads it again after a while. Throws at once when there is nothing in it. */
export function secretIn(path: string, now: () => number = () => performance.now()): () => string {
  let readAt = now();
  let secret = read(path);
  if (secret === '') throw new Error(`there is no secret in ${path}`);
  return () => {
    if (now() - readAt < FRESH_MS) return secret;
    readAt = now();
    secret = readOr(path, secret);
    return secret;
  };
}

function read(path: string): string {
  return readFileSync(path, 'utf8').trim();
}

/** A file that is just being replaced is there again a moment later. */
function readOr(path: string, before: string): string {
  try {
    return read(path) || before;
  } catch {
    return before;
  }
}
