import { Link } from '@tanstack/react-router';
import { formatCount, formatShare } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Amount, Skeleton } from '../../ui/index.js';
import type { Dashboard } from './documents.js';
import styles from './dashboard.module.css';

type Kind = 'INCOME' | 'EXPENSE';
type Props = { dashboard: Dashboard | null; kind: Kind };

/** As many lines as there are usually: the largest, and the others together. */
const USUAL = 7;

/** Which categories the money went to or came from. Each leads to its records. */
export function Categories({ dashboard, kind }: Props) {
  if (!dashboard) return <Places />;
  const { categories, otherCategories, currency, from, to } = dashboard;
  if (!categories || categories.length === 0) return <p className={styles.none}>{text.dashboard.noCategories[kind]}</p>;
  const amountOf = (total: { income: { amount: string }; expenses: { amount: string } }) => (
    kind === 'INCOME' ? total.income.amount : total.expenses.amount
  );
  const most = Math.max(...[...categories, ...(otherCategories ? [otherCategories] : [])].map(({ share }) => Number(share)), 0.0001);
  const days = { ...(from && { from }), ...(to && { to }) };
  return (
    <ul className={styles.categories}>
      {categories.map((total) => (
        <li key={total.category.id} className={styles.category}>
          <Link to="/records" search={{ category: total.category.name, kind, currency, ...days }}>{total.category.name}</Link>
          <Amount amount={amountOf(total)} />
          <Share share={total.share} most={most} />
        </li>
      ))}
      {otherCategories && (
        <li className={styles.category}>
          <span>{text.dashboard.others(text.common.records(otherCategories.recordCount, formatCount(otherCategories.recordCount)))}</span>
          <Amount amount={amountOf(otherCategories)} />
          <Share share={otherCategories.share} most={most} />
        </li>
      )}
    </ul>
  );
}

function Places() {
  return (
    <ul className={styles.categories} aria-hidden="true">
      {Array.from({ length: USUAL }, (_, at) => (
        <li key={at} className={styles.category}>
          <Skeleton width="60%" height="1.45em" />
          <span />
          <span />
          <span className={styles.track} />
        </li>
      ))}
    </ul>
  );
}

/** A share in figures, and as a part of the largest one. */
function Share({ share, most }: { share: string; most: number }) {
  return (
    <>
      <span className={styles.share}>{formatShare(share)}</span>
      <span className={styles.track}>
        <span className={styles.part} style={{ width: `${Number(share) / most * 100}%` }} />
      </span>
    </>
  );
}
