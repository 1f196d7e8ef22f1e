import { expect, test } from 'vitest';
import { formatTime, parseTime } from '../../src/kube/time.ts';

const NOON = Date.UTC(2026, 0, 2, 3, 4, 5);

test.each([
  { ms: NOON, text: '2026-01-02T03:04:05Z' },
  { ms: NOON + 999, text: '2026-01-02T03:04:05Z' },
  { ms: 0, text: '1970-01-01T00:00:00Z' },
])('$ms is written as $text', ({ ms, text }) => {
  expect(formatTime(ms)).toBe(text);
});

test.each([
  { text: '2026-01-02T03:04:05Z', ms: NOON },
  { text: '2026-01-02T03:04:05.25Z', ms: NOON + 250 },
  { text: '2026-01-02T03:04:05.123456Z', ms: NOON + 123 },
  { text: '2026-01-02T04:04:05+01:00', ms: NOON },
  { text: undefined, ms: null },
  { text: '', ms: null },
  { text: '2026-01-02', ms: null },
  { text: '2026-01-02T03:04:05', ms: null },
  { text: '2026-13-02T03:04:05Z', ms: null },
  { text: 'Fri, 02 Jan 2026 03:04:05 GMT', ms: null },
])('$text is read as $ms', ({ text, ms }) => {
  expect(parseTime(text)).toBe(ms);
});
