import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useClient, useQuery } from 'urql';
import { formatAgo } from '../../format/index.js';
import { useChange } from '../../graphql/useChange.js';
import type { Role } from '../../session/roles.js';
import { useSession, useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, buttonClass, Conflict, Dialog, ErrorNotice, Panel, Spinner, TextField, ui, useToast } from '../../ui/index.js';
import { type Account, EndSessions, OneUser, UpdateUser, UserNow } from './documents.js';
import { RoleField } from './NewUser.js';
import styles from './users.module.css';

export function EditUser({ id, onClose }: { id: string; onClose: () => void }) {
  const [{ data, error, fetching }, ask] = useQuery({ query: OneUser, variables: { id } });
  const user = data?.user;
  return (
    <Panel title={user?.name ?? text.users.title} onClose={onClose}>
      <ErrorNotice error={error} onRetry={ask} />
      {user ? <UserForms user={user} /> : fetching ? <Spinner /> : !error && <p>{text.users.gone}</p>}
    </Panel>
  );
}

type Values = { name: string; role: Role; isActive: boolean };
type Clash = { changes: Partial<Values>; theirs: Account; message: string };

const FIELDS = ['name', 'role'];

function valuesOf({ name, role, isActive }: Account): Values {
  return { name, role: role ?? 'VIEWER', isActive: isActive ?? false };
}

/** What is in `values`, and not in `before`. */
function changesFrom(before: Values, values: Partial<Values>): Partial<Values> {
  const { name = before.name, role = before.role, isActive = before.isActive } = values;
  return {
    ...(name !== before.name && { name }),
    ...(role !== before.role && { role }),
    ...(isActive !== before.isActive && { isActive }),
  };
}

function UserForms({ user }: { user: Account }) {
  // What is typed, and over which version: the list may bring a newer one meanwhile.
  const [edit, setEdit] = useState<{ base: Account; name: string; role: Role } | null>(null);
  const [clash, setClash] = useState<Clash | null>(null);
  const { run, isBusy, problems, fieldProblems, reset } = useChange(UpdateUser);
  const client = useClient();
  const { session } = useSession();
  const viewer = useViewer();
  const toast = useToast();

  const base = edit?.base ?? user;
  const { name, role } = edit ?? valuesOf(user);
  const changes = changesFrom(valuesOf(base), { name, role });

  const saved = (changed: Partial<Values>, after: Account) => {
    setEdit(null);
    setClash(null);
    toast({
      message: changed.isActive === undefined ? text.users.saved
        : changed.isActive ? text.users.activated(after.name) : text.users.deactivated(after.name),
    });
    // The name at the side of the page, and what it offers.
    if (after.id === viewer.id) void session.freshToken({ evenIfValid: true });
  };

  const save = async (changed: Partial<Values>, version: number | null) => {
    const { data, problems: refused } = await run({ id: user.id, expectedVersion: version, ...changed });
    if (data?.updateUser) saved(changed, data.updateUser.user);
    if (refused?.some(({ code }) => code === 'VERSION_CONFLICT')) await compare(changed);
  };

  const compare = async (changed: Partial<Values>) => {
    const { data } = await client.query(UserNow, { id: user.id }, { requestPolicy: 'network-only' }).toPromise();
    const theirs = data?.user;
    if (!theirs) return;
    reset();
    const left = changesFrom(valuesOf(theirs), changed);
    if (Object.keys(left).length === 0) {
      setEdit(null);
      toast({ message: text.users.sameAlready });
      return;
    }
    const [event] = data.auditEvents?.nodes ?? [];
    setClash({
      changes: left,
      theirs,
      message: event ? text.users.changedBy(event.actor?.name ?? text.users.commandLine, formatAgo(event.at)) : text.users.changed,
    });
  };

  return (
    <>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save(changes, base.version);
        }}
      >
        {clash && (
          <Conflict
            differences={differencesOf(clash)}
            isBusy={isBusy}
            onKeep={() => void save(clash.changes, clash.theirs.version)}
            onTake={() => {
              setEdit(null);
              setClash(null);
            }}
          >
            {clash.message}
          </Conflict>
        )}
        <ErrorNotice problems={problems.filter(({ field, code }) => code !== 'VERSION_CONFLICT' && (!field || !FIELDS.includes(field)))} />
        <TextField
          label={text.users.name}
          name="name"
          autoComplete="off"
          value={name}
          problems={fieldProblems.get('name')}
          onChange={(event) => { setEdit({ base, role, name: event.target.value }); }}
        />
        <div className={ui.field}>
          <span className={ui.label}>{text.users.email}</span>
          <span className={styles.fixed}>{user.email}</span>
        </div>
        <RoleField role={role} problems={fieldProblems.get('role')} onChange={(chosen) => { setEdit({ base, name, role: chosen }); }} />
        <div className={ui.actions}>
          <Button type="submit" look="primary" disabled={isBusy || clash !== null || Object.keys(changes).length === 0}>{text.common.save}</Button>
          {edit && (
            <Button
              onClick={() => {
                setEdit(null);
                setClash(null);
                reset();
              }}
            >
              {text.common.cancel}
            </Button>
          )}
        </div>
      </form>
      <Access user={user} isBusy={isBusy} onChange={(isActive) => save({ isActive }, base.version)} />
      <section className={styles.section}>
        <h3>{text.users.trail}</h3>
        <p className={styles.links}>
          <Link to="/audit" search={{ by: user.id }}>{text.users.did}</Link>
          <Link to="/audit" search={{ about: user.id }}>{text.users.wasDone}</Link>
        </p>
      </section>
    </>
  );
}

function differencesOf({ changes, theirs }: Clash) {
  const now = valuesOf(theirs);
  const status = (isActive: boolean) => (isActive ? text.users.active : text.users.inactive);
  const { name, role, isActive } = changes;
  return [
    ...(name === undefined ? [] : [{ label: text.users.name, theirs: now.name, yours: name }]),
    ...(role === undefined ? [] : [{ label: text.users.role, theirs: text.common.roles[now.role], yours: text.common.roles[role] }]),
    ...(isActive === undefined ? [] : [{ label: text.users.status, theirs: status(now.isActive), yours: status(isActive) }]),
  ];
}

type AccessProps = { user: Account; isBusy: boolean; onChange: (isActive: boolean) => Promise<void> };

function Access({ user, isBusy, onChange }: AccessProps) {
  const [asked, setAsked] = useState<'deactivate' | 'endSessions' | null>(null);
  const { run, isBusy: isEnding, problems } = useChange(EndSessions);
  const viewer = useViewer();
  const toast = useToast();
  const isSelf = user.id === viewer.id;
  const close = () => { setAsked(null); };

  const endSessions = async () => {
    const { data } = await run({ userId: user.id });
    close();
    if (data?.endSessions) toast({ message: text.users.sessionsEnded(data.endSessions.endedCount) });
  };

  return (
    <section className={styles.section}>
      <h3>{text.users.access}</h3>
      <ErrorNotice problems={problems} />
      <p>{isSelf ? text.users.ownAccess : user.isActive ? text.users.isActive(user.name) : text.users.isInactive(user.name)}</p>
      <div className={styles.buttons}>
        {isSelf && <Link to="/settings" className={buttonClass()}>{text.users.toSettings}</Link>}
        {user.isActive && !isSelf && <Button onClick={() => { setAsked('endSessions'); }}>{text.users.endSessions}</Button>}
        {user.isActive
          ? <Button look="danger" onClick={() => { setAsked('deactivate'); }}>{text.users.deactivate}</Button>
          : <Button onClick={() => void onChange(true)}>{text.users.activate}</Button>}
      </div>
      {asked === 'deactivate' && (
        <Dialog title={text.users.deactivateTitle(user.name)} onClose={close}>
          <p>{isSelf ? text.users.deactivateSelf : text.users.deactivateHint}</p>
          <div className={ui.actions}>
            <Button look="danger" disabled={isBusy} onClick={() => void onChange(false).then(close)}>{text.users.deactivateConfirm}</Button>
            <Button data-first onClick={close}>{text.common.cancel}</Button>
          </div>
        </Dialog>
      )}
      {asked === 'endSessions' && (
        <Dialog title={text.users.endSessionsTitle(user.name)} onClose={close}>
          <p>{text.users.endSessionsHint}</p>
          <div className={ui.actions}>
            <Button look="danger" disabled={isEnding} onClick={() => void endSessions()}>{text.users.endSessionsConfirm}</Button>
            <Button data-first onClick={close}>{text.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
