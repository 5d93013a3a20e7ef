import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { problemsByField, problemsOf } from '../../graphql/errors.js';
import { graphql } from '../../graphql/index.js';
import { text } from '../../text/index.js';
import { Button, buttonClass, Card, EmptyState, entered, ErrorNotice, Page, TextField, ui } from '../../ui/index.js';
import styles from '../sign-in/sign-in.module.css';

const RegistrationState = graphql(`
  query RegistrationState {
    organization {
      id
      registration
    }
  }
`);

const Register = graphql(`
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      user {
        id
        name
      }
    }
  }
`);

const FIELDS = ['name', 'email', 'password'];

export function RegisterPage() {
  const [{ data, error }, ask] = useQuery({ query: RegistrationState });
  const [isDone, setDone] = useState(false);
  const isClosed = data?.organization?.registration === 'CLOSED';
  return (
    <main className={styles.alone}>
      <Page title={text.signIn.registerTitle}>
        <ErrorNotice error={error} onRetry={ask} />
        {isDone || isClosed ? (
          <EmptyState title={isDone ? text.signIn.registered : text.signIn.registrationClosed}>
            <Link to="/sign-in" className={buttonClass('primary')}>{text.signIn.title}</Link>
          </EmptyState>
        ) : (
          <>
            <Card><RegisterForm onDone={() => { setDone(true); }} /></Card>
            <p className={styles.links}><Link to="/sign-in">{text.signIn.haveAccount}</Link></p>
          </>
        )}
      </Page>
    </main>
  );
}

function RegisterForm({ onDone }: { onDone: () => void }) {
  const [{ fetching, error }, register] = useMutation(Register);
  const problems = problemsOf(error);
  const byField = problemsByField(problems);
  const send = async (form: FormData) => {
    const answer = await register({ input: { name: entered(form, 'name'), email: entered(form, 'email'), password: entered(form, 'password') } });
    if (answer.data?.register) onDone();
  };
  return (
    <form
      className={ui.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send(new FormData(event.currentTarget));
      }}
    >
      <ErrorNotice problems={problems.filter(({ field }) => !field || !FIELDS.includes(field))} />
      <TextField label={text.signIn.name} name="name" autoComplete="name" autoFocus problems={byField.get('name')} />
      <TextField label={text.signIn.email} name="email" type="email" autoComplete="username" problems={byField.get('email')} />
      <TextField
        label={text.signIn.password}
        name="password"
        type="password"
        autoComplete="new-password"
        hint={text.signIn.passwordHint}
        problems={byField.get('password')}
      />
      <div className={ui.actions}>
        <Button type="submit" look="primary" disabled={fetching}>{text.signIn.registerSubmit}</Button>
      </div>
    </form>
  );
}
