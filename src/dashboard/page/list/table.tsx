/** The Rollouts as a table. Only the lines in view are there, so the table says where they are in it. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { STRATEGIES } from '../../../core/view/strategies.ts';
import type { RolloutRow } from '../../wire.ts';
import { State } from '../parts/phase.tsx';
import { Age } from '../parts/time.tsx';
import { sentenceOf } from '../words/sentence.ts';
import { NameLink, Star, StepsDone } from './row-parts.tsx';
import { keyOf } from './rows.ts';
import { useWindow } from './use-window.ts';

interface TableProps {
  readonly rows: readonly RolloutRow[];
  readonly namespaced: boolean;
}

const COLUMNS = ['Name', 'Phase', 'Strategy', 'Steps', 'Weight', 'Ready', 'Updated', 'Image', 'Age'] as const;

export function Table({ rows, namespaced }: TableProps) {
  const element = useRef<HTMLDivElement>(null);
  const { pitch, first, end } = useWindow(element, rows.length);
  return (
    <div class="table" role="table" aria-label="Rollouts" aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div role="row" class="line head" aria-rowindex={1}>
          {COLUMNS.map((column) => (
            <span key={column} role="columnheader" data-column={column}>
              {column}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" class="lines" ref={element} style={{ height: `${rows.length * pitch}px` }} data-columns={1}>
        {rows.slice(first, end).map((row, offset) => (
          <TableLine
            key={keyOf(row)}
            row={row}
            index={first + offset}
            namespaced={namespaced}
            top={(first + offset) * pitch}
          />
        ))}
      </div>
    </div>
  );
}

interface LineProps {
  readonly row: RolloutRow;
  readonly index: number;
  readonly namespaced: boolean;
  readonly top: number;
}

function TableLine({ row, index, namespaced, top }: LineProps) {
  const [image = '', ...others] = row.images;
  const cells: Readonly<Record<(typeof COLUMNS)[number], ComponentChildren>> = {
    Name: (
      <>
        <Star row={row} />
        <span>
          <NameLink row={row} index={index} />
          {namespaced ? <span class="note">{row.namespace}</span> : null}
        </span>
      </>
    ),
    Phase: <State state={row.phase} />,
    Strategy: STRATEGIES[row.strategy] ?? row.strategy,
    Steps: <StepsDone row={row} />,
    Weight: row.weight === null ? '' : `${row.weight} %`,
    Ready: `${row.ready}/${row.desired}`,
    Updated: row.updated,
    Image: (
      <span title={row.images.join('\n')}>
        {image}
        {others.length === 0 ? '' : ` +${others.length}`}
      </span>
    ),
    Age: <Age at={row.createdAt} />,
  };
  return (
    <div
      role="row"
      class="line"
      aria-rowindex={index + 2}
      data-attention={row.needsAttention ? '' : undefined}
      title={sentenceOf(row.cause)}
      style={{ transform: `translateY(${top}px)` }}
    >
      {COLUMNS.map((column) => (
        <span key={column} role={column === 'Name' ? 'rowheader' : 'cell'} data-column={column}>
          {cells[column]}
        </span>
      ))}
    </div>
  );
}
