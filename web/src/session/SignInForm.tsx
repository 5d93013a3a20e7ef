import { type ReactNode, useState } from 'react';
import { type Problem, problemsByField } from '../graphql/errors.js';
import { text } from '../text/index.js';
import { Button, entered, ErrorNotice, TextField, ui } from '../ui/index.js';
import { useSession } from './SessionProvider.js';

/** E-mail and password. Whoever shows it sees by the session that it worked. */
export function SignInForm({ email = '', children }: { email?: string; children?: ReactNode }) {
  const { session } = useSession();
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);

  const signIn = async (form: FormData) => {
    setBusy(true);
    const found = await session.signIn(entered(form, 'email'), entered(form, 'password'));
    setBusy(false);
    setProblems(found);
  };
  const byField = problemsByField(problems);

  return (
    <form
      className={ui.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void signIn(new FormData(event.currentTarget));
      }}
    >
      <ErrorNotice problems={problems.filter(({ field }) => field !== 'email' && field !== 'password')} />
      <TextField
        label={text.signIn.email}
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={email}
        autoFocus={email === ''}
        problems={byField.get('email')}
      />
      <TextField
        label={text.signIn.password}
        name="password"
        type="password"
        autoComplete="current-password"
        data-first
        problems={byField.get('password')}
      />
      <div className={ui.actions}>
        <Button type="submit" look="primary" disabled={isBusy}>{text.signIn.submit}</Button>
        {children}
      </div>
    </form>
  );
}
