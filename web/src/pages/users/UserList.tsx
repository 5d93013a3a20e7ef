import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useQuery } from 'urql';
import { formatCount, formatMoment } from '../../format/index.js';
import type { VariablesOf } from '../../graphql/index.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Card, classes, EmptyState, ErrorNotice, Spinner, ui } from '../../ui/index.js';
import { type Account, UserPage } from './documents.js';
import styles from './users.module.css';

type Filter = VariablesOf<typeof UserPage>['filter'];

export function UserList() {
  const { search, role, active } = useSearch({ from: '/shell/admins/users' });
  const filter: Filter = {
    ...(search && { search }),
    ...(role && { role }),
    ...(active && { isActive: active === 'yes' }),
  };
  const [{ data, error, fetching }, ask] = useQuery({ query: UserPage, variables: { filter } });
  const count = data?.users?.totalCount;
  return (
    <>
      <ErrorNotice error={error} onRetry={ask} />
      {count === undefined && fetching && <Spinner />}
      {count !== undefined && <p className={styles.count} role="status">{text.users.count(count, formatCount(count))}</p>}
      {count === 0 && <Card><EmptyState title={text.users.none}><p>{text.users.noneHint}</p></EmptyState></Card>}
      {count !== undefined && count > 0 && (
        <Card className={styles.list}>
          <table className={ui.table}>
            <thead>
              <tr>
                <th scope="col">{text.users.name}</th>
                <th scope="col" className={styles.wide}>{text.users.email}</th>
                <th scope="col">{text.users.role}</th>
                <th scope="col">{text.users.status}</th>
                <th scope="col" className={styles.wide}>{text.users.since}</th>
              </tr>
            </thead>
            <tbody><Rows key={JSON.stringify(filter)} filter={filter} /></tbody>
          </table>
        </Card>
      )}
    </>
  );
}

/** One page of the list. The next one begins where this one ends, even after it was asked for again. */
function Rows({ filter, after }: { filter: Filter; after?: string }) {
  const [isMore, setMore] = useState(false);
  const [{ data, error, fetching }, ask] = useQuery({ query: UserPage, variables: { filter, ...(after && { after }) } });
  const end = data?.users?.pageInfo.hasNextPage ? data.users.pageInfo.endCursor : null;
  return (
    <>
      {data?.users?.nodes.map((user) => <Row key={user.id} user={user} />)}
      {after && error && <tr><td colSpan={5}><ErrorNotice error={error} onRetry={ask} /></td></tr>}
      {end && (isMore ? <Rows filter={filter} after={end} /> : (
        <tr><td colSpan={5}><Button disabled={fetching} onClick={() => { setMore(true); }}>{text.users.more}</Button></td></tr>
      ))}
    </>
  );
}

function Row({ user }: { user: Account }) {
  const viewer = useViewer();
  const { user: shown } = useSearch({ from: '/shell/admins/users' });
  return (
    <tr className={classes(styles.row, shown === user.id && styles.shown)}>
      <td>
        <Link from="/users" search={(before) => ({ ...before, user: user.id })} className={styles.name}>{user.name}</Link>
        {user.id === viewer.id && <span className={styles.soft}> · {text.users.you}</span>}
        <span className={styles.narrow}>{user.email}</span>
      </td>
      <td className={classes(styles.wide, styles.soft)}>{user.email}</td>
      <td>{user.role && text.common.roles[user.role]}</td>
      <td className={classes(!user.isActive && styles.soft)}>{user.isActive ? text.users.active : text.users.inactive}</td>
      <td className={classes(styles.wide, styles.soft)}>{user.createdAt && formatMoment(user.createdAt)}</td>
    </tr>
  );
}
