import { useState } from 'react';
import { useQuery } from 'urql';
import { formatAgo, formatDay } from '../../format/index.js';
import { useChange } from '../../graphql/useChange.js';
import { useOrganization } from '../../session/organization.js';
import { isAtLeast } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, EmptyState, ErrorNotice, Panel, RecordAmount, Skeleton, ui, useToast } from '../../ui/index.js';
import { type DetailedRecord, RecordQuery, type RecordsFilter, type RecordsOrder, RestoreRecord } from './documents.js';
import { History } from './History.js';
import { RecordForm } from './RecordForm.js';
import type { RecordList } from './RecordList.js';
import styles from './records.module.css';

const words = text.records.form;

export type ListOf = { filter: RecordsFilter; orderBy: RecordsOrder; list: RecordList };

type Props = ListOf & { id: string | undefined; onClose: () => void };

/** A record beside the list: to enter, to change, or to read. */
export function RecordPanel({ id, onClose, ...of }: Props) {
  if (id === undefined) return <NewRecord of={of} onClose={onClose} />;
  return <OpenRecord id={id} of={of} onClose={onClose} />;
}

function NewRecord({ of, onClose }: { of: ListOf; onClose: () => void }) {
  const { role } = useViewer();
  const organization = useOrganization();
  if (!isAtLeast(role, 'ANALYST')) return null;
  // A cache that knows only a part of the organization has null for the rest, until that has come.
  return organization?.baseCurrency && <RecordForm record={null} organization={organization} of={of} onClose={onClose} />;
}

function OpenRecord({ id, of, onClose }: { id: string; of: ListOf; onClose: () => void }) {
  const [{ data, error, fetching }, ask] = useQuery({ query: RecordQuery, variables: { id } });
  const organization = useOrganization();
  const record = data?.record ?? null;
  // A form that is open stays, whatever becomes of the record: somebody may have typed.
  const [editable, setEditable] = useState<DetailedRecord | null>(null);
  if (record?.viewerCanUpdate && record !== editable) setEditable(record);
  if (editable && organization) {
    const isGone = !fetching && !error && !record?.viewerCanUpdate;
    return <RecordForm record={record ?? editable} isGone={isGone} organization={organization} of={of} onClose={onClose} />;
  }
  return (
    <Panel title={words.view} onClose={onClose}>
      <ErrorNotice error={error} onRetry={ask} />
      {record && <RecordDetails record={record} closedThrough={organization?.closedThrough ?? null} of={of} />}
      {!record && fetching && <div className={ui.form}><Skeleton height="2em" /><Skeleton height="2em" /><Skeleton height="2em" /></div>}
      {!record && !fetching && !error && <EmptyState title={words.gone}><p>{words.goneHint}</p></EmptyState>}
    </Panel>
  );
}

/** A record that this viewer cannot change, and why. */
function RecordDetails({ record, closedThrough, of }: { record: DetailedRecord; closedThrough: string | null; of: ListOf }) {
  const { columns } = text.records;
  const { role } = useViewer();
  const isClosed = closedThrough !== null && record.date <= closedThrough && isAtLeast(role, 'ANALYST');
  return (
    <>
      <dl className={styles.facts}>
        <dt>{columns.date}</dt>
        <dd>{formatDay(record.date)}</dd>
        <dt>{columns.amount}</dt>
        <dd>{record.amount && <RecordAmount kind={record.kind} amount={record.amount.amount} currency={record.amount.currency} />}</dd>
        <dt>{columns.category}</dt>
        <dd>{record.category.name}</dd>
        {record.counterparty !== null && <dt>{columns.counterparty}</dt>}
        {record.counterparty !== null && <dd>{record.counterparty}</dd>}
        {record.notes !== '' && <dt>{columns.notes}</dt>}
        {record.notes !== '' && <dd>{record.notes}</dd>}
      </dl>
      {isClosed && <p className={styles.why}>{words.closedHint(formatDay(closedThrough))}</p>}
      <Trail record={record} />
      {record.viewerCanRestore && <Restore record={record} of={of} />}
      <History id={record.id} version={record.version} />
    </>
  );
}

/** Who entered it, changed it last, and deleted it. */
export function Trail({ record }: { record: DetailedRecord }) {
  return (
    <div className={styles.trail}>
      <p>{words.entered(record.createdBy.name, formatAgo(record.createdAt))}</p>
      {record.updatedAt !== record.createdAt && !record.deletedAt && <p>{words.changed(record.updatedBy.name, formatAgo(record.updatedAt))}</p>}
      {record.deletedAt && record.deletedBy && <p>{words.deletedBy(record.deletedBy.name, formatAgo(record.deletedAt))}</p>}
    </div>
  );
}

function Restore({ record: { id, version }, of: { filter, orderBy, list } }: { record: DetailedRecord; of: ListOf }) {
  const { run, isBusy, problems } = useChange(RestoreRecord);
  const toast = useToast();
  const restore = async () => {
    const { data } = await run({ id, expectedVersion: version }, { filter, orderBy });
    if (!data?.restoreRecord) return;
    list.change(id, data.restoreRecord.recordEdge ? data.restoreRecord.record : null);
    toast({ message: text.records.restored });
  };
  return (
    <>
      <ErrorNotice problems={problems} />
      <div className={ui.actions}><Button disabled={isBusy} onClick={() => void restore()}>{words.restore}</Button></div>
    </>
  );
}
