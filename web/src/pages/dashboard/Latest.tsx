import { Link } from '@tanstack/react-router';
import { formatDay } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Chip, RecordAmount, ui } from '../../ui/index.js';
import type { RecentRecord } from './documents.js';
import styles from './dashboard.module.css';

export function Latest({ records }: { records: readonly RecentRecord[] }) {
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
