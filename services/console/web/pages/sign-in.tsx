import { useState } from 'preact/hooks';
import { signIn } from '../session.ts';

/** Asks a person for their token. */
export function SignInPage() {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState('');
  const [isAsking, setIsAsking] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setIsAsking(true);
    setProblem('');
    try {
      await signIn(token.trim());
    } catch (error) {
      setProblem(error instanceof Error ? error.message : `${error}`);
      setIsAsking(false);
    }
  };
  return (
    <>
      <h1>Sign in</h1>
      <section aria-label="Sign in">
        <form class="sign-in" onSubmit={submit}>
          <label for="token">Your token</label>
          <input
            id="token"
            type="password"
            required
            autocomplete="current-password"
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
          <p class="problem" role="alert">
            {problem}
          </p>
          <button type="submit" class="solid" disabled={isAsking}>
            {isAsking ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
        <p class="quiet">
          What you do is done and recorded in your name. An admin makes a token with{' '}
          <code>mlmesh certs token ada --role operator</code>; the role caller is for looking.
        </p>
      </section>
    </>
  );
}
