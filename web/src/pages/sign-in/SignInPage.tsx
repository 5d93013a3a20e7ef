import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import faviconUrl from '../../favicon.svg';
import { graphql, type ResultOf } from '../../graphql/index.js';
import type { Problem } from '../../graphql/errors.js';
import { SignInForm } from '../../session/SignInForm.js';
import { useSession } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Card, ErrorNotice, Page } from '../../ui/index.js';
import styles from './sign-in.module.css';

const Entrance = graphql(`
  query Entrance {
    organization {
      id
      name
      registration
      hasAdmin
      explorerPath
      demoAccounts {
        email
        name
        role
        password
      }
    }
  }
`);

type Organization = NonNullable<ResultOf<typeof Entrance>['organization']>;

export function SignInPage() {
  const { state } = useSession();
  const navigate = useNavigate();
  const { next = '/' } = useSearch({ from: '/sign-in' });
  const [{ data, error }, ask] = useQuery({ query: Entrance });
  const organization = data?.organization;

  const isSignedIn = state.status === 'signed-in';
  useEffect(() => {
    if (isSignedIn) void navigate({ href: next, replace: true });
  }, [isSignedIn, navigate, next]);

  return (
    <main className={styles.alone}>
      <p className={styles.product}>
        <img src={faviconUrl} alt="" width="22" height="22" />
        {organization?.name ?? text.shell.product}
      </p>
      <Page title={text.signIn.title}>
        <ErrorNotice error={error} onRetry={ask} />
        {organization && !organization.hasAdmin && <NewBooks />}
        <Card><SignInForm /></Card>
        {organization && organization.demoAccounts.length > 0 && <Demo accounts={organization.demoAccounts} />}
        <p className={styles.links}>
          {organization?.registration === 'OPEN' && <Link to="/register">{text.signIn.register}</Link>}
          {organization?.explorerPath && <a href={organization.explorerPath}>{text.shell.explorer}</a>}
        </p>
      </Page>
    </main>
  );
}

function NewBooks() {
  return (
    <Card title={text.signIn.newBooks}>
      <p>{text.signIn.newBooksHint}</p>
      <code className={styles.command}>{text.signIn.firstAdmin}</code>
      <p>{text.signIn.newBooksNext}</p>
    </Card>
  );
}

function Demo({ accounts }: { accounts: Organization['demoAccounts'] }) {
  const { session } = useSession();
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  return (
    <div className={styles.demo}>
      <p>{text.signIn.demo}</p>
      {accounts.map(({ email, password, role }) => (
        <Button
          key={email}
          onClick={() => {
            void session.signIn(email, password).then(setProblems);
          }}
        >
          {text.signIn.lookAround(text.common.roles[role].toLowerCase())}
        </Button>
      ))}
      <ErrorNotice problems={problems} />
    </div>
  );
}
