/** How a person comes in: with a bearer token, or by the proxy in front. */
import { useEffect, useState } from 'preact/hooks';
import type { Me, SignInMethod } from '../../wire.ts';
import { signIn } from '../browser/session.ts';
import { CopiedCommand } from '../parts/copied-command.tsx';

export function SignInScreen({ me }: { readonly me: Me }) {
  useEffect(() => {
    document.title = 'Sign in · Serin';
  }, []);
  return (
    <div class="sign-in panel">
      <h1 tabIndex={-1}>Sign in</h1>
      {me.signIn === 'token' ? <TokenForm /> : <NoToken method={me.signIn} />}
    </div>
  );
}

function NoToken({ method }: { readonly method: SignInMethod }) {
  return (
    <>
      <p>
        {method === 'proxy'
          ? 'The proxy in front of the dashboard does not say who you are. Sign in there.'
          : 'The cluster does not accept the kubeconfig that the dashboard was started with. Renew it, and start the dashboard again.'}
      </p>
      <button type="button" class="primary" onClick={() => location.reload()}>
        Try again
      </button>
    </>
  );
}

function TokenForm() {
  const [problem, setProblem] = useState('');
  const [isRunning, setRunning] = useState(false);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const token = new FormData(form).get('token');
    if (typeof token !== 'string' || token.trim() === '') return setProblem('Enter a token first.');
    setRunning(true);
    setProblem(await signIn(token.trim()));
    setRunning(false);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <p>
        Everything is done as the person that the token stands for, so that you may do here what you may do with
        kubectl.
      </p>
      <label>
        <span>Bearer token</span>
        <input
          name="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          autoFocus
          aria-invalid={problem !== ''}
          aria-describedby="sign-in-problem"
        />
      </label>
      <p id="sign-in-problem" class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="primary" aria-disabled={isRunning}>
        {isRunning ? 'Under way…' : 'Sign in'}
      </button>
      <p class="note">A token of a ServiceAccount that lasts for an hour:</p>
      <CopiedCommand command="kubectl create token NAME -n NAMESPACE" />
    </form>
  );
}
