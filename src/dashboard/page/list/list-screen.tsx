/** All Rollouts that the person may see, live. */
import { useEffect } from 'preact/hooks';
import { isLost } from '../browser/follow.ts';
import { hrefOf } from '../browser/address.ts';
import { visit } from '../browser/navigation.ts';
import { loadMe } from '../browser/session.ts';
import { ConnectionNote } from '../parts/connection-note.tsx';
import { Empty } from '../parts/empty.tsx';
import { countText } from '../words/numbers.ts';
import { sentenceOf } from '../words/sentence.ts';
import { Cards } from './cards.tsx';
import { listenToKeys } from './keys.ts';
import { Namespaces } from './namespaces.tsx';
import { choose, filters, followRows, refusal, restoreFilters, result, rows, trouble } from './store.ts';
import { Table } from './table.tsx';
import { Toolbar } from './toolbar.tsx';

export function ListScreen({ namespace }: { readonly namespace: string | null }) {
  useEffect(restoreFilters, [namespace]);
  useEffect(() => followRows(namespace), [namespace]);
  useEffect(listenToKeys, []);
  useEffect(askForNamespaces, [namespace]);
  const count = rows.value?.length ?? 0;
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>{namespace ?? 'All namespaces'}</h1>
        <p class="note" role="status">
          {rows.value === null ? '' : foundText(result.value.shown.length, count)}
        </p>
        <Namespaces namespace={namespace} />
      </div>
      <ConnectionNote trouble={trouble.value} hasContent={rows.value !== null} />
      {refusal.value === '' ? <Listed namespace={namespace} /> : <NotAllowed namespace={namespace} />}
    </>
  );
}

/** Others may hold Rollouts since the person came in. */
function askForNamespaces(): void {
  if (visit.peek() > 0) void loadMe();
}

function foundText(shown: number, count: number): string {
  return shown === count
    ? countText(count, 'Rollout')
    : `${shown.toLocaleString('en')} of ${countText(count, 'Rollout')}`;
}

function Listed({ namespace }: { readonly namespace: string | null }) {
  if (rows.value === null) return <Waiting />;
  if (rows.value.length === 0) return <NoRollouts namespace={namespace} />;
  const { shown } = result.value;
  return (
    <>
      <Toolbar />
      {shown.length === 0 ? <NothingFound /> : <Rows namespaced={namespace === null} />}
    </>
  );
}

function Rows({ namespaced }: { readonly namespaced: boolean }) {
  const { shown } = result.value;
  return filters.value.view === 'cards' ? (
    <Cards rows={shown} namespaced={namespaced} />
  ) : (
    <Table rows={shown} namespaced={namespaced} />
  );
}

function Waiting() {
  return isLost.value ? null : <p class="note waiting">The Rollouts are being read…</p>;
}

function NoRollouts({ namespace }: { readonly namespace: string | null }) {
  return (
    <Empty title={namespace === null ? 'There are no Rollouts yet' : `There are no Rollouts in ${namespace}`}>
      <p>
        Apply a manifest of kind Rollout, or make one of a Deployment with{' '}
        <code>kubectl argo rollouts convert -f deployment.yaml</code>. It appears here by itself.
      </p>
      {namespace === null ? null : (
        <p>
          <a href={hrefOf({ screen: 'list', namespace: null })}>Look in all namespaces</a>
        </p>
      )}
    </Empty>
  );
}

function NothingFound() {
  return (
    <Empty title="No Rollout fits">
      <p>
        <button type="button" onClick={() => choose({ search: '', phases: [], attention: false, favourites: false })}>
          Show all of them
        </button>
      </p>
    </Empty>
  );
}

function NotAllowed({ namespace }: { readonly namespace: string | null }) {
  return (
    <Empty title="These Rollouts cannot be listed">
      <p>{sentenceOf(refusal.value)}</p>
      {namespace === null ? <p>Choose a namespace in which you may.</p> : null}
    </Empty>
  );
}
