/**
 * Instants as the API writes them: RFC 3339, whole seconds, UTC. Inside, an instant is a number of
 * milliseconds since the epoch. Nothing here reads a clock.
 */

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** `2026-01-02T03:04:05Z`. Fractions of a second are cut off, so a written time is never in the future. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== last.second) last = { second, text: `${new Date(ms).toISOString().slice(0, 19)}Z` };
  return last.text;
}

/** Within a second the same time is written many times. */
let last = { second: NaN, text: '' };

/** Milliseconds since the epoch, or null when the text is absent or not an RFC 3339 time with a zone. */
export function parseTime(text: string | undefined): number | null {
  if (text === undefined || !RFC3339.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
