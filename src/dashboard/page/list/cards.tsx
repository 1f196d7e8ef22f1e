/** The Rollouts as cards. */
import { useRef } from 'preact/hooks';
import { STRATEGIES } from '../../../core/view/strategies.ts';
import type { RolloutRow } from '../../wire.ts';
import { State } from '../parts/phase.tsx';
import { NameLink, Star, StepsDone } from './row-parts.tsx';
import { sentenceOf } from '../words/sentence.ts';
import { keyOf } from './rows.ts';
import { useWindow } from './use-window.ts';

interface CardsProps {
  readonly rows: readonly RolloutRow[];
  readonly namespaced: boolean;
}

export function Cards({ rows, namespaced }: CardsProps) {
  const element = useRef<HTMLDivElement>(null);
  const { columns, pitch, first, end } = useWindow(element, rows.length);
  const height = Math.ceil(rows.length / columns) * pitch;
  return (
    <div class="cards" ref={element} style={{ height: `${height}px` }} data-columns={columns}>
      <ul
        aria-label="Rollouts"
        style={{
          gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          transform: `translateY(${(first / columns) * pitch}px)`,
        }}
      >
        {rows.slice(first, end).map((row, offset) => (
          <li key={keyOf(row)} aria-setsize={rows.length} aria-posinset={first + offset + 1}>
            <Card row={row} index={first + offset} namespaced={namespaced} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface CardProps {
  readonly row: RolloutRow;
  readonly index: number;
  readonly namespaced: boolean;
}

function Card({ row, index, namespaced }: CardProps) {
  return (
    <article class="card" data-attention={row.needsAttention ? '' : undefined}>
      <header>
        <div>
          <NameLink row={row} index={index} />
          <p class="note">
            {namespaced ? `${row.namespace} · ` : ''}
            {STRATEGIES[row.strategy] ?? row.strategy}
          </p>
        </div>
        <State state={row.phase} />
        <Star row={row} />
      </header>
      <p class="cause">{sentenceOf(row.cause)}</p>
      <footer>
        <StepsDone row={row} />
        {row.weight === null ? null : <span>weight {row.weight} %</span>}
        <span class="pods-count">
          {row.ready}/{row.desired} ready
        </span>
      </footer>
    </article>
  );
}
