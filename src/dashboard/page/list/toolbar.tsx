/** What can be chosen above the list. */
import type { Phase } from '../../../api/words/reasons.ts';
import { signOf } from '../../../core/view/signs.ts';
import { Icon } from '../parts/icon.tsx';
import { SHOWN_PHASES } from './filters.ts';
import { choose, filters, result } from './store.ts';

export function Toolbar() {
  const { attention, favourites, phases, search, view } = filters.value;
  const { counters } = result.value;
  return (
    <div class="toolbar" role="search" aria-label="Rollouts">
      <label class="search">
        <Icon name="search" />
        <span class="unseen">Search</span>
        <input
          type="search"
          id="search"
          placeholder="Search: name, !not, label:value"
          autocomplete="off"
          spellcheck={false}
          value={search}
          onInput={({ currentTarget }) => choose({ search: currentTarget.value })}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <div class="chips" role="group" aria-label="Show only">
        {SHOWN_PHASES.map((phase) => (
          <Chip
            key={phase}
            text={phase}
            tone={signOf(phase).tone}
            count={counters.phases[phase]}
            isChosen={phases.includes(phase)}
            onToggle={() => choose({ phases: toggled(phases, phase) })}
          />
        ))}
        <Chip
          text="Needs attention"
          count={counters.attention}
          isChosen={attention}
          onToggle={() => choose({ attention: !attention })}
        />
        <Chip
          text="Favourites"
          count={counters.favourites}
          isChosen={favourites}
          onToggle={() => choose({ favourites: !favourites })}
        />
      </div>
      <div class="views" role="group" aria-label="Show as">
        {(['cards', 'table'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={view === one} onClick={() => choose({ view: one })}>
            <Icon name={one === 'cards' ? 'cards' : 'rows'} />
            <span class="unseen">{one === 'cards' ? 'Cards' : 'Table'}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

interface ChipProps {
  readonly text: string;
  readonly tone?: string;
  readonly count: number;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}

function Chip({ text, tone, count, isChosen, onToggle }: ChipProps) {
  return (
    <button type="button" class="chip" aria-pressed={isChosen} onClick={onToggle}>
      {tone === undefined ? (
        text
      ) : (
        <span class="state" data-tone={tone}>
          {text}
        </span>
      )}
      <span class="count">{count}</span>
    </button>
  );
}

function toggled(phases: readonly Phase[], phase: Phase): readonly Phase[] {
  return phases.includes(phase) ? phases.filter((one) => one !== phase) : [...phases, phase];
}
