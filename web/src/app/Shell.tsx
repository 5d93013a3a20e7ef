import { Link, Outlet, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import faviconUrl from '../favicon.svg';
import { useOrganization, useOwnName } from '../session/organization.js';
import { isAtLeast } from '../session/roles.js';
import type { User } from '../session/session.js';
import { SignInAgain } from '../session/SignInAgain.js';
import { useSession } from '../session/SessionProvider.js';
import { text } from '../text/index.js';
import { Button, classes, useToast } from '../ui/index.js';
import styles from './shell.module.css';

const { places } = text.shell;
/** When the first page has long been there. */
const LOAD_OTHERS_MS = 3_000;

const links = [
  { to: '/', name: places.dashboard, least: 'VIEWER', isMain: true },
  { to: '/records', name: places.records, least: 'VIEWER', isMain: true },
  { to: '/import', name: places.import, least: 'ANALYST', isMain: true },
  { to: '/categories', name: places.categories, least: 'VIEWER', isMain: false },
  { to: '/audit', name: places.audit, least: 'ADMIN', isMain: false },
  { to: '/users', name: places.users, least: 'ADMIN', isMain: false },
  { to: '/organization', name: places.organization, least: 'ADMIN', isMain: false },
  { to: '/settings', name: places.settings, least: 'VIEWER', isMain: false },
] as const;

/** What stands around every page of who is signed in. */
export function Shell() {
  const { state } = useSession();
  if (!('user' in state)) return <ToSignIn />;
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">{text.shell.skip}</a>
      <Side user={state.user} />
      <main id="content" className={styles.content} tabIndex={-1}>
        <Outlet />
      </main>
      {state.status === 'expired' && <SignInAgain user={state.user} />}
    </div>
  );
}

/** Signing in leads back to the page that was asked for. */
function ToSignIn() {
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(() => {
    const { href } = router.latestLocation;
    void navigate({ to: '/sign-in', search: href === '/' ? {} : { next: href }, replace: true });
  }, [navigate, router]);
  return null;
}

function Side({ user }: { user: User }) {
  // On a phone: whether what has no place at the bottom is shown.
  const [isMore, setMore] = useState(false);
  const close = () => { setMore(false); };
  const offered = links.filter(({ least }) => isAtLeast(user.role, least));
  usePages(user);
  return (
    <header className={classes(styles.side, isMore && styles.open)}>
      <Link to="/" className={styles.product}>
        <img src={faviconUrl} alt="" width="22" height="22" />
        {text.shell.product}
      </Link>
      <nav aria-label={text.shell.navigation}>
        <ul className={styles.places}>
          {offered.map(({ to, name, isMain }) => (
            <li key={to} className={isMain ? styles.main : styles.other}>
              <Link to={to} className={styles.place} activeOptions={{ exact: to === '/', includeSearch: false }} onClick={close}>
                {name}
              </Link>
            </li>
          ))}
          <li className={styles.more}>
            <button type="button" className={styles.place} aria-expanded={isMore} onClick={() => { setMore(!isMore); }}>
              {text.shell.more}
            </button>
          </li>
        </ul>
      </nav>
      <Person user={user} />
    </header>
  );
}

/** Loads the other pages too, so that they open at once, and also while the server is away. */
function usePages({ role }: User) {
  const router = useRouter();
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const { to, least } of links) {
        // One that does not come is loaded when it is opened.
        if (isAtLeast(role, least)) router.preloadRoute({ to }).catch(() => {});
      }
    }, LOAD_OTHERS_MS);
    return () => { clearTimeout(timer); };
  }, [role, router]);
}

function Person({ user }: { user: User }) {
  const { session } = useSession();
  const explorer = useOrganization()?.explorerPath;
  const name = useOwnName() ?? user.name;
  const toast = useToast();
  const signOut = async () => {
    const [problem] = await session.signOut();
    if (problem) toast({ message: problem.message });
  };
  return (
    <div className={styles.person}>
      <p>{text.shell.signedInAs(name, user.role ? text.common.roles[user.role] : '')}</p>
      {explorer && <a href={explorer}>{text.shell.explorer}</a>}
      <Button look="plain" className={styles.signOut} onClick={() => void signOut()}>{text.shell.signOut}</Button>
    </div>
  );
}
