/** The order of events: Kubernetes tells their times to the second, and many are told within one. */
import { expect, test } from 'vitest';
import { eventRows } from '../../../src/core/view/event-rows.ts';
import type { ReportedEvent } from '../../../src/core/view/other-writers.ts';

function told(reason: string, lastTimestamp: string): ReportedEvent {
  return { metadata: { name: `web.${reason}`, uid: reason, resourceVersion: '1' }, reason, lastTimestamp };
}

test('newest first, and those of one second in the opposite order of being told', () => {
  const rows = eventRows([
    told('second', '2026-01-02T03:04:06Z'),
    told('third', '2026-01-02T03:04:06Z'),
    told('first', '2026-01-02T03:04:05Z'),
    told('fourth', '2026-01-02T03:04:06Z'),
  ]);
  expect(rows.map(({ reason }) => reason)).toEqual(['fourth', 'third', 'second', 'first']);
});
