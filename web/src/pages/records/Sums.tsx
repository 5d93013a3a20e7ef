import type { ReactNode } from 'react';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Amount, Skeleton } from '../../ui/index.js';
import type { Sums as SumsOfList } from './documents.js';
import styles from './records.module.css';

const words = text.records.sums;

/** What the whole filtered list comes to, a line for each currency. */
export function Sums({ sums }: { sums: SumsOfList | null }) {
  if (!sums) return <div className={styles.sums}><Skeleton width="26em" height="1.4em" /></div>;
  const summaries = sums.summaries ?? [];
  return (
    <section className={styles.sums} aria-label={words.label}>
      {summaries.length !== 1 && <p className={styles.sumLine}><Count count={sums.totalCount} /></p>}
      {summaries.map((summary) => (
        <p key={summary.income.currency} className={styles.sumLine}>
          <Count count={summary.recordCount} />
          <Sum name={words.income}><Amount amount={summary.income.amount} /></Sum>
          <Sum name={words.expenses}><Amount amount={summary.expenses.amount} /></Sum>
          <span>{words.net} <strong><Amount amount={summary.net.amount} isNet /></strong></span>
          <span>{summary.income.currency}</span>
        </p>
      ))}
    </section>
  );
}

function Count({ count }: { count: number }) {
  return <span><strong className={styles.sum}>{formatCount(count)}</strong> {words.records(count)}</span>;
}

function Sum({ name, children }: { name: string; children: ReactNode }) {
  return <span>{name} <strong className={styles.sum}>{children}</strong></span>;
}
