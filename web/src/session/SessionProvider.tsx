import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import { Provider } from 'urql';
import { clientFor } from '../graphql/client.js';
import { Session, type SessionState, type User } from './session.js';

const SessionContext = createContext<Session | null>(null);

const session = new Session();
void session.start();

/** Gives everything below the session, and a client for who is signed in. Another person's page starts anew. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  const userId = 'user' in state ? state.user.id : '';
  return (
    <SessionContext value={session}>
      <ClientOf key={userId}>{children}</ClientOf>
    </SessionContext>
  );
}

function ClientOf({ children }: { children: ReactNode }) {
  const { client, stop } = useMemo(() => clientFor(session), []);
  useEffect(() => stop, [stop]);
  return <Provider value={client}>{children}</Provider>;
}

export function useSession(): { session: Session; state: SessionState } {
  const found = useContext(SessionContext);
  if (!found) throw new Error('There is no SessionProvider above.');
  return { session: found, state: useSyncExternalStore(found.subscribe, found.state) };
}

/** Who is signed in, for what is shown to them only. */
export function useViewer(): User {
  const { state } = useSession();
  if (!('user' in state)) throw new Error('Nobody is signed in.');
  return state.user;
}
