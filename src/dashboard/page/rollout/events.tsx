/** What the controller has reported about the rollout, newest first. */
import { useState } from 'preact/hooks';
import type { EventRow } from '../../../core/view/event-rows.ts';
import { Panel } from '../parts/panel.tsx';
import { Ago } from '../parts/time.tsx';

const AT_FIRST = 8;

export function Events({ events }: { readonly events: readonly EventRow[] }) {
  const [isWhole, setWhole] = useState(false);
  if (events.length === 0) return null;
  const shown = isWhole ? events : events.slice(0, AT_FIRST);
  return (
    <Panel title="Events">
      <ol class="events">
        {shown.map(({ type, reason, message, at, count }) => (
          <li key={`${reason} ${message}`} data-type={type}>
            <span class="reason">
              {type === 'Warning' ? <span class="unseen">Warning: </span> : null}
              {reason}
              {count > 1 ? <span class="count">×{count}</span> : null}
            </span>
            <span class="note">{at === null ? null : <Ago at={at} />}</span>
            <p>{message}</p>
          </li>
        ))}
      </ol>
      {shown.length === events.length ? null : (
        <button type="button" onClick={() => setWhole(true)}>
          Show all {events.length}
        </button>
      )}
    </Panel>
  );
}
