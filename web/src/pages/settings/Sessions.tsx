import { useState } from 'react';
import { useQuery } from 'urql';
import { formatAgo, formatMoment } from '../../format/index.js';
import type { Problem } from '../../graphql/errors.js';
import { useChange } from '../../graphql/useChange.js';
import { clientNameOf } from '../../session/clientName.js';
import { useSession } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Card, Chip, Dialog, ErrorNotice, Spinner, ui, useToast } from '../../ui/index.js';
import { MySessions, type OneSession, RevokeSession } from './documents.js';
import styles from './settings.module.css';

export function Sessions() {
  const [{ data, error, fetching }, ask] = useQuery({ query: MySessions });
  const [isAsked, setAsked] = useState(false);
  return (
    <Card title={text.settings.sessions}>
      <p className={styles.hint}>{text.settings.sessionsHint}</p>
      <ErrorNotice error={error} onRetry={ask} />
      {!data && fetching && <Spinner />}
      <ul className={styles.sessions}>
        {data?.mySessions?.map((session) => <SessionRow key={session.id} session={session} />)}
      </ul>
      <div className={ui.actions}>
        <Button onClick={() => { setAsked(true); }}>{text.settings.signOutEverywhere}</Button>
      </div>
      {isAsked && <SignOutEverywhere onClose={() => { setAsked(false); }} />}
    </Card>
  );
}

function SessionRow({ session }: { session: OneSession }) {
  const { run, isBusy, problems } = useChange(RevokeSession);
  const toast = useToast();
  const client = clientNameOf(session.userAgent);
  const end = async () => {
    const { data } = await run({ id: session.id });
    if (data?.revokeSession) toast({ message: text.settings.sessionEnded(client) });
  };
  return (
    <li>
      <div className={styles.session}>
        <p className={styles.client} title={session.userAgent ?? undefined}>
          {client} {session.isCurrent && <Chip>{text.settings.thisSession}</Chip>}
        </p>
        <p className={styles.hint}>
          {text.settings.signedIn(formatMoment(session.createdAt))}, {text.settings.lastUsed(formatAgo(session.lastUsedAt))}
        </p>
        <ErrorNotice problems={problems} />
      </div>
      {!session.isCurrent && (
        <Button disabled={isBusy} aria-label={text.settings.endSessionOf(client)} onClick={() => void end()}>{text.settings.endSession}</Button>
      )}
    </li>
  );
}

function SignOutEverywhere({ onClose }: { onClose: () => void }) {
  const { session } = useSession();
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [isBusy, setBusy] = useState(false);
  const signOut = async () => {
    setBusy(true);
    setProblems(await session.signOut({ everywhere: true }));
    setBusy(false);
  };
  return (
    <Dialog title={text.settings.signOutEverywhereTitle} onClose={onClose}>
      <ErrorNotice problems={problems} />
      <p>{text.settings.signOutEverywhereHint}</p>
      <div className={ui.actions}>
        <Button look="danger" disabled={isBusy} onClick={() => void signOut()}>{text.settings.signOutEverywhereConfirm}</Button>
        <Button data-first onClick={onClose}>{text.common.cancel}</Button>
      </div>
    </Dialog>
  );
}
