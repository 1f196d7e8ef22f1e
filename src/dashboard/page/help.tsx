/** The keys, and what can be typed into the search. */
import { signal } from '@preact/signals';
import { Dialog } from './parts/dialog.tsx';
import { Icon } from './parts/icon.tsx';

export const isHelpOpen = signal(false);

const ARROWS = ['up', 'down', 'left', 'right'] as const;

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'search'],
  [ARROWS, 'from Rollout to Rollout'],
  [['Enter'], 'open'],
  [['Shift', 'H'], 'all Rollouts'],
  [['?'], 'this help'],
];

const SEARCHES: readonly (readonly [text: string, finds: string])[] = [
  ['web', 'names with web in them'],
  ['"web"', 'the name web'],
  ['shop/web', 'the namespace as well'],
  ['team:checkout', 'a label'],
  ['!web', 'all others'],
  ['web team:checkout', 'both'],
  ['web, api', 'one or the other'],
];

export function Help() {
  if (!isHelpOpen.value) return null;
  return (
    <Dialog title="Keys and search" onClose={() => (isHelpOpen.value = false)}>
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>
                  <Key name={key} />
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
        {SEARCHES.map(([text, finds]) => (
          <div key={text}>
            <dt>
              <code>{text}</code>
            </dt>
            <dd>{finds}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons">
        <button type="button" class="primary" autoFocus onClick={() => (isHelpOpen.value = false)}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function Key({ name }: { readonly name: string }) {
  const arrow = ARROWS.find((one) => one === name);
  if (arrow === undefined) return name;
  return (
    <>
      <Icon name={arrow} />
      <span class="unseen">{arrow}</span>
    </>
  );
}
