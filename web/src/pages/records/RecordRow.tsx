import { formatAmount, formatDay, isNegative, negated } from '../../format/index.js';
import { text } from '../../text/index.js';
import { classes } from '../../ui/index.js';
import type { ListedRecord } from './documents.js';
import styles from './records.module.css';

/** How a record is called where only one line can be said. */
export function describe(record: ListedRecord): string {
  const amount = record.amount ? `${formatAmount(signed(record), 'always')} ${record.amount.currency}` : '';
  return [formatDay(record.date), record.counterparty ?? record.category.name, amount].filter(Boolean).join(', ');
}

function signed({ kind, amount }: ListedRecord): string {
  const written = amount?.amount ?? '0';
  return kind === 'INCOME' ? written : negated(written);
}

function digitsOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0;
}

/** Income with a plus, expenses with a minus; the points of a column stand below each other, whatever the currencies. */
export function AlignedAmount({ record, digits }: { record: ListedRecord; digits: number }) {
  if (!record.amount) return null;
  const amount = signed(record);
  const missing = digits - digitsOf(amount);
  const name = isNegative(record.amount.amount) && (record.kind === 'INCOME' ? text.common.paidBack : text.common.refund);
  return (
    <>
      {name && <span className={styles.refund}>{name}</span>}{' '}
      <span className={classes(styles.figure, !isNegative(amount) && styles.positive)}>
        {formatAmount(amount, 'always')}
        {missing > 0 && <span className={styles.filler} aria-hidden="true">{`${digits === missing ? '.' : ''}${'0'.repeat(missing)}`}</span>}
      </span>
    </>
  );
}
