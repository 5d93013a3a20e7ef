import { changeInTenths, formatAmount, formatChange, formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Amount, Card, classes } from '../../ui/index.js';
import type { Dashboard } from './documents.js';
import styles from './dashboard.module.css';

/** Income, expenses and net of the range, each with how much more or less it is than before. */
export function Tiles({ dashboard: { summary, previous } }: { dashboard: Dashboard }) {
  return (
    <div className={styles.tiles}>
      <Card title={text.common.income} className={styles.tile}>
        <p className={styles.figure}><Amount amount={summary.income.amount} /></p>
        <p className={styles.change}>
          {previous && <Change before={previous.income.amount} now={summary.income.amount} better="more" />}
        </p>
      </Card>
      <Card title={text.common.expenses} className={styles.tile}>
        <p className={styles.figure}><Amount amount={summary.expenses.amount} /></p>
        <p className={styles.change}>
          {previous && <Change before={previous.expenses.amount} now={summary.expenses.amount} better="less" />}
        </p>
      </Card>
      <Card title={text.common.net} className={styles.tile}>
        <p className={styles.figure}><Amount amount={summary.net.amount} isNet /></p>
        <p className={styles.change}>
          {previous && <><Change before={previous.net.amount} now={summary.net.amount} better="more" sign="always" /> · </>}
          {text.common.records(summary.recordCount, formatCount(summary.recordCount))}
        </p>
      </Card>
    </div>
  );
}

type ChangeProps = { before: string; now: string; better: 'more' | 'less'; sign?: 'auto' | 'always' };

function Change({ before, now, better, sign = 'auto' }: ChangeProps) {
  const tenths = changeInTenths(before, now);
  const tone = tenths !== null && tenths !== 0n && ((tenths > 0n) === (better === 'more') ? styles.better : styles.worse);
  return (
    <>
      {tenths !== null && <><strong className={classes(tone)}>{formatChange(tenths)}</strong> </>}
      {text.dashboard.change(formatAmount(before, sign))}
    </>
  );
}
