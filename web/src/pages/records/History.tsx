import { useState } from 'react';
import { useQuery } from 'urql';
import { formatAgo, formatMoment } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button, ErrorNotice, Spinner } from '../../ui/index.js';
import { HistoryQuery } from './documents.js';
import { sentenceOf } from './history.js';
import styles from './records.module.css';

const words = text.records.history;

/** What was done to a record, newest first; asked for when it is opened, and again when the record is another one. */
export function History({ id, version }: { id: string; version: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={styles.history} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>{words.title}</summary>
      {isOpen && <Events key={version} id={id} />}
    </details>
  );
}

function Events({ id }: { id: string }) {
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching }, ask] = useQuery({ query: HistoryQuery, variables: { id, after } });
  const history = data?.record?.history;
  if (error) return <ErrorNotice error={error} onRetry={ask} />;
  if (!history) return fetching ? <Spinner /> : <p className={styles.soft}>{words.none}</p>;
  const { hasNextPage, endCursor } = history.pageInfo;
  return (
    <>
      <ol>
        {history.nodes.map((event) => (
          <li key={event.id}>
            {sentenceOf(event)}, <time dateTime={event.at} title={formatMoment(event.at)}>{formatAgo(event.at)}</time>
          </li>
        ))}
      </ol>
      {hasNextPage && <Button look="plain" onClick={() => { setAfter(endCursor); }}>{words.older}</Button>}
    </>
  );
}
