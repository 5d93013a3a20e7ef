import { Link } from '@tanstack/react-router';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Amount, ui } from '../../ui/index.js';
import type { TrendPoint } from './documents.js';
import styles from './dashboard.module.css';
import { periodName } from './periods.js';
import type { IntervalName } from './search.js';

type Props = { points: readonly TrendPoint[]; interval: IntervalName };

/** The same figures as in the picture, the newest first. */
export function TrendTable({ points, interval }: Props) {
  return (
    <div className={styles.tall} tabIndex={0} role="region" aria-label={text.dashboard.chartTitle[interval]}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th scope="col">{text.dashboard.period}</th>
            <th scope="col" className={ui.number}>{text.common.income}</th>
            <th scope="col" className={ui.number}>{text.common.expenses}</th>
            <th scope="col" className={ui.number}>{text.common.net}</th>
            <th scope="col" className={ui.number}>{text.dashboard.records}</th>
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr key={point.from}>
              <th scope="row">
                <Link to="/records" search={{ from: point.from, to: point.to, currency: point.net.currency }}>
                  {periodName(interval, point)}
                </Link>
              </th>
              <td className={ui.number}><Amount amount={point.income.amount} /></td>
              <td className={ui.number}><Amount amount={point.expenses.amount} /></td>
              <td className={ui.number}><Amount amount={point.net.amount} isNet /></td>
              <td className={ui.number}>{formatCount(point.recordCount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
