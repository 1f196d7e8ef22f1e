/** The screen for the place where the person is. */
import { useEffect } from 'preact/hooks';
import { hrefOf } from './browser/address.ts';
import { goInstead, place, visit } from './browser/navigation.ts';
import { me, unknownBecause } from './browser/session.ts';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { ListScreen } from './list/list-screen.tsx';
import { Confirmation } from './parts/confirmation.tsx';
import { Empty } from './parts/empty.tsx';
import { Toasts } from './parts/toasts.tsx';
import { PlanScreen } from './plan/plan-screen.tsx';
import { RolloutScreen } from './rollout/rollout-screen.tsx';
import { SignInScreen } from './sign-in/sign-in-screen.tsx';

export function App() {
  useEffect(focusHeading, [visit.value]);
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        To the content
      </a>
      <Header />
      <main id="main">
        <Screen />
      </main>
      <Toasts />
      <Confirmation />
      <Help />
    </>
  );
}

/** A person with a screen reader hears where they have come to. */
function focusHeading(): void {
  if (visit.peek() > 0) document.querySelector('h1')?.focus({ preventScroll: true });
}

/** A link to a part of the page would be resolved against its base. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector('h1')?.focus();
}

function Screen() {
  if (me.value === null) {
    return unknownBecause.value === '' ? null : (
      <Empty title="The dashboard does not answer">
        <p>{unknownBecause.value} The page tries again by itself.</p>
      </Empty>
    );
  }
  if (!me.value.signedIn) return <SignInScreen me={me.value} />;
  const { value: at } = place;
  switch (at.screen) {
    case 'list':
      return <OwnList namespace={at.namespace} />;
    case 'rollout':
      return <RolloutScreen key={`${at.namespace}/${at.name}`} namespace={at.namespace} name={at.name} />;
    case 'plan':
      return <PlanScreen key={`${at.namespace}/${at.name}`} namespace={at.namespace} name={at.name} />;
    case 'nowhere':
      return (
        <Empty title="There is nothing at this address">
          <p>
            <a href={hrefOf({ screen: 'list', namespace: null })}>All Rollouts</a>
          </p>
        </Empty>
      );
  }
}

/** Those who may not list across namespaces begin in their own. */
function OwnList({ namespace }: { readonly namespace: string | null }) {
  const own = me.value?.namespaces === null && namespace === null ? me.value.namespace : '';
  useEffect(() => {
    document.title = namespace === null ? 'Serin' : `${namespace} · Serin`;
    if (own !== '') goInstead(hrefOf({ screen: 'list', namespace: own }));
  }, [namespace, own]);
  return own === '' ? <ListScreen namespace={namespace} /> : null;
}
