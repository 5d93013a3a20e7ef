import { Outlet } from '@tanstack/react-router';
import { useAway } from '../graphql/connection.js';
import { useSession } from '../session/SessionProvider.js';
import { text } from '../text/index.js';
import { Spinner } from '../ui/index.js';
import styles from './shell.module.css';

export function Root() {
  const { state } = useSession();
  const isAway = useAway();
  return (
    <>
      <div role="status">{isAway && <p className={styles.away}>{text.shell.away}</p>}</div>
      {state.status === 'starting' ? <Spinner /> : <Outlet />}
    </>
  );
}
