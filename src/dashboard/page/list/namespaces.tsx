/** Chooses the namespace whose Rollouts are listed. */
import { hrefOf } from '../browser/address.ts';
import { go } from '../browser/navigation.ts';
import { me } from '../browser/session.ts';

const ALL = '';

export function Namespaces({ namespace }: { readonly namespace: string | null }) {
  const known = me.value?.namespaces ?? null;
  const open = (value: string): void => go(hrefOf({ screen: 'list', namespace: value === ALL ? null : value }));
  // Those who may not list them have to know their names.
  if (known === null) {
    return (
      <form
        class="namespaces"
        onSubmit={(event) => {
          event.preventDefault();
          const value = new FormData(event.currentTarget).get('namespace');
          if (typeof value === 'string' && value.trim() !== '') open(value.trim());
        }}
      >
        <label>
          <span>Namespace</span>
          <input
            name="namespace"
            key={namespace}
            defaultValue={namespace ?? ''}
            autocomplete="off"
            spellcheck={false}
          />
        </label>
        <button type="submit">Show</button>
      </form>
    );
  }
  const names = namespace === null || known.includes(namespace) ? known : [...known, namespace].toSorted();
  return (
    <label class="namespaces">
      <span>Namespace</span>
      <select value={namespace ?? ALL} onChange={({ currentTarget }) => open(currentTarget.value)}>
        <option value={ALL}>All namespaces</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
