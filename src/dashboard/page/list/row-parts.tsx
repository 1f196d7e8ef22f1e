/** What cards and table lines have in common. */
import type { RolloutRow } from '../../wire.ts';
import { hrefOf } from '../browser/address.ts';
import { Icon } from '../parts/icon.tsx';
import { isFavourite, toggleFavourite } from './store.ts';

interface Of {
  readonly row: RolloutRow;
}

export function NameLink({ row: { namespace, name }, index }: Of & { readonly index: number }) {
  return (
    <a class="name" href={hrefOf({ screen: 'rollout', namespace, name })} data-index={index}>
      {name}
    </a>
  );
}

export function Star({ row }: Of) {
  const isChosen = isFavourite(row);
  return (
    <button type="button" class="quiet star" aria-pressed={isChosen} onClick={() => toggleFavourite(row)}>
      <Icon name="star" filled={isChosen} />
      <span class="unseen">Favourite {row.name}</span>
    </button>
  );
}

export function StepsDone({ row: { stepsDone, stepCount } }: Of) {
  if (stepsDone === null) return null;
  return (
    <span class="steps-done">
      <progress max={stepCount} value={stepsDone} aria-label="Steps done" />
      step {stepsDone}/{stepCount}
    </span>
  );
}
