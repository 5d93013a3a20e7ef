import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode, useState } from 'react';
import { useQuery } from 'urql';
import { formatCount, formatDay, formatTime, today } from '../../format/index.js';
import { type News, useNews } from '../../graphql/useNews.js';
import { text } from '../../text/index.js';
import { Button, Card, EmptyState, ErrorNotice, Spinner } from '../../ui/index.js';
import styles from './audit.module.css';
import { type AuditEvent, AuditPageQuery } from './documents.js';
import { type AuditSearch, filterOf } from './search.js';
import { partsOf, tell } from './sentences.js';

export function EventList({ search }: { search: AuditSearch }) {
  const context = useNews(['CATEGORY', 'ORGANIZATION', 'RECORD', 'USER']);
  const [{ data, error, fetching }, ask] = useQuery({ query: AuditPageQuery, variables: { filter: filterOf(search) }, context });
  const count = data?.auditEvents?.totalCount;
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  return (
    <>
      <ErrorNotice error={error} onRetry={ask} />
      {count === undefined && fetching && <Spinner />}
      {count !== undefined && <p className={styles.count} role="status">{text.audit.count(count, formatCount(count))}</p>}
      {count === 0 && (
        <Card>
          <EmptyState title={isFiltered ? text.audit.noneMatches : text.audit.none}>{isFiltered && <p>{text.audit.noneHint}</p>}</EmptyState>
        </Card>
      )}
      {count !== undefined && count > 0 && <Card className={styles.list}><Events search={search} context={context} /></Card>}
    </>
  );
}

type Props = { search: AuditSearch; context: News; after?: string; dayBefore?: string | undefined };

/** One page of the trail. The next one begins where this one ends, even when newer events have come above it. */
function Events({ search, context, after, dayBefore }: Props) {
  const [isMore, setMore] = useState(false);
  const [{ data, error, fetching }, ask] = useQuery({ query: AuditPageQuery, variables: { filter: filterOf(search), ...(after && { after }) }, context });
  const events = data?.auditEvents?.nodes ?? [];
  const end = data?.auditEvents?.pageInfo.hasNextPage ? data.auditEvents.pageInfo.endCursor : null;
  const days = byDay(events);
  return (
    <>
      {after && <ErrorNotice error={error} onRetry={ask} />}
      {after && !data && fetching && <Spinner />}
      {days.map(([day, ofDay]) => (
        <section key={day}>
          {day !== dayBefore && <h2 className={styles.date}>{formatDay(day)}</h2>}
          <ul>{ofDay.map((event) => <Event key={event.id} event={event} />)}</ul>
        </section>
      ))}
      {end && (isMore
        ? <Events search={search} context={context} after={end} dayBefore={days.at(-1)?.[0]} />
        : <Button className={styles.more} disabled={fetching} onClick={() => { setMore(true); }}>{text.audit.more}</Button>)}
    </>
  );
}

/** The events of each of the reader's days. */
function byDay(events: readonly AuditEvent[]): [string, AuditEvent[]][] {
  const days = new Map<string, AuditEvent[]>();
  for (const event of events) {
    const day = today(new Date(event.at));
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  return [...days];
}

function Event({ event }: { event: AuditEvent }) {
  const { sentence, who, what, changes } = tell(event);
  const { actor, at, entityId, entityType, requestId } = event;
  const put: Readonly<Record<string, ReactNode>> = {
    '{who}': actor ? <Link to="/users" search={{ user: actor.id }} className={styles.who}>{who}</Link> : who,
    '{what}': <ObjectLink event={event}>{what}</ObjectLink>,
  };
  return (
    <li className={styles.event}>
      <time dateTime={at} title={requestId ? text.audit.request(requestId) : undefined}>{formatTime(at)}</time>
      <div className={styles.told}>
        <p>{partsOf(sentence).map((part, index) => <Fragment key={index}>{put[part] ?? part}</Fragment>)}<Via event={event} /></p>
        {changes.length > 0 && <ul className={styles.changes}>{changes.map((change) => <li key={change}>{change}</li>)}</ul>}
      </div>
      {entityType !== 'SESSION' && (
        <Link from="/audit" search={{ about: entityId }} className={styles.about} aria-label={text.audit.historyOf(what)}>{text.audit.history}</Link>
      )}
    </li>
  );
}

function Via({ event: { via } }: { event: AuditEvent }) {
  if (via?.__typename === 'ApiToken') return ` ${text.audit.through(via.name)}`;
  if (via?.__typename === 'Import') return <> <Link to="/import/$id" params={{ id: via.id }}>{text.audit.byImport(via.filename)}</Link></>;
  return null;
}

/** To what was changed, where it has a place in this app and is still there. */
function ObjectLink({ event: { entity }, children }: { event: AuditEvent; children: string }) {
  switch (entity?.__typename) {
    case 'FinancialRecord':
      return <Link to="/records" search={{ record: entity.id }}>{children}</Link>;
    case 'Category':
      return <Link to="/categories" search={{ category: entity.id }}>{children}</Link>;
    case 'User':
      return <Link to="/users" search={{ user: entity.id }}>{children}</Link>;
    case 'Organization':
      return <Link to="/organization">{children}</Link>;
    case 'ApiToken':
      return <Link to="/settings">{children}</Link>;
    default:
      return children;
  }
}
