import { Link } from '@tanstack/react-router';
import { formatDay } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Chip, RecordAmount, Skeleton, ui } from '../../ui/index.js';
import type { RecentRecord } from './documents.js';
import styles from './dashboard.module.css';

/** As many records as are asked for. */
const USUAL = 6;

/** Null while they are on their way. */
export function Latest({ records }: { records: readonly RecentRecord[] | null }) {
  if (!records) return <Places />;
  if (records.length === 0) return <p className={styles.none}>{text.dashboard.noRecords}</p>;
  return (
    <table className={`${ui.table} ${styles.latest}`}>
      <thead className={styles.latestHead}>
        <tr>
          <th scope="col">{text.dashboard.date}</th>
          <th scope="col">{text.dashboard.category}</th>
          <th scope="col">{text.dashboard.counterparty}</th>
          <th scope="col">{text.dashboard.notes}</th>
          <th scope="col" className={ui.number}>{text.dashboard.amount}</th>
        </tr>
      </thead>
      <tbody>
        {records.map(({ id, kind, date, amount, counterparty, notes, category }) => (
          <tr key={id}>
            <td className={styles.day}><Link to="/records" search={{ record: id }}>{formatDay(date)}</Link></td>
            <td><Chip>{category.name}</Chip></td>
            <td className={styles.counterparty}>{counterparty}</td>
            <td className={styles.notes}>{notes}</td>
            <td className={ui.number}>{amount && <RecordAmount kind={kind} amount={amount.amount} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Places() {
  return (
    <table className={`${ui.table} ${styles.latest}`} aria-hidden="true">
      <tbody>
        {Array.from({ length: USUAL }, (_, at) => (
          <tr key={at}>
            <td className={styles.day}><Skeleton width="5em" /></td>
            <td><Chip><Skeleton width="5em" height="1.45em" /></Chip></td>
            <td className={ui.number}><Skeleton width="4em" /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
