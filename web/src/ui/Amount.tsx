import { formatAmount, isNegative, isZero, negated, type Sign } from '../format/index.js';
import { text } from '../text/index.js';
import { classes } from './classes.js';
import styles from './ui.module.css';

type Props = {
  /** As the API writes it. */
  amount: string;
  sign?: Sign;
  /** A result, such as net: green above zero, and red below it. Nothing else is ever red. */
  isNet?: boolean;
  /** Where it is not said once for the whole list. */
  currency?: string;
};

export function Amount({ amount, sign = 'auto', isNet = false, currency }: Props) {
  const tone = isNet && !isZero(amount) && (isNegative(amount) ? styles.negative : styles.positive);
  return (
    <span className={classes(styles.amount, tone)}>
      {formatAmount(amount, isNet ? 'always' : sign)}
      {currency && ` ${currency}`}
    </span>
  );
}

type RecordProps = { kind: 'INCOME' | 'EXPENSE'; amount: string; currency?: string };

/** The amount of a record: income with a plus, expenses with a minus; what came back is named. */
export function RecordAmount({ kind, amount, currency }: RecordProps) {
  const signed = kind === 'INCOME' ? amount : negated(amount);
  const name = isNegative(amount) && (kind === 'INCOME' ? text.common.paidBack : text.common.refund);
  return (
    <span className={classes(styles.amount, !isNegative(signed) && styles.positive)}>
      {formatAmount(signed, 'always')}
      {currency && ` ${currency}`}
      {name && ` ${name}`}
    </span>
  );
}
