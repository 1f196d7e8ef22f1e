/** What stands above every screen. */
import { hrefOf } from './browser/address.ts';
import { me, signOut } from './browser/session.ts';
import { nextTheme, theme } from './browser/theme.ts';
import { isHelpOpen } from './help.tsx';
import { Icon } from './parts/icon.tsx';

export function Header() {
  const person = me.value;
  const chosen = theme.value;
  return (
    <header class="top-bar">
      <a class="home" href={hrefOf({ screen: 'list', namespace: null })}>
        <img src={ICON} alt="" width="24" height="24" />
        <strong>Serin</strong>
        <span class="unseen">, all Rollouts</span>
      </a>
      {person === null ? null : <span class="note version">{person.version}</span>}
      <span class="person">
        {person?.signedIn === true ? (person.user ?? '') : ''}
        {person?.signedIn === true && person.signIn === 'token' ? (
          <button type="button" class="link" onClick={() => void signOut()}>
            Sign out
          </button>
        ) : null}
      </span>
      <button type="button" class="quiet" onClick={nextTheme}>
        <Icon name={chosen} />
        <span class="unseen">Colours: {chosen === 'system' ? 'as the system has them' : chosen}</span>
      </button>
      <button type="button" class="quiet" onClick={() => (isHelpOpen.value = true)}>
        <Icon name="help" />
        <span class="unseen">Help</span>
      </button>
    </header>
  );
}

/** The build puts it under another name, which the page knows. */
const ICON = document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href ?? '';
