import type { ReactNode } from 'react';
import { changeInTenths, formatAmount, formatChange, formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Amount, Card, classes, Skeleton } from '../../ui/index.js';
import type { Dashboard } from './documents.js';
import styles from './dashboard.module.css';

/** Income, expenses and net of the range, each with how much more or less it is than before. */
export function Tiles({ dashboard }: { dashboard: Dashboard | null }) {
  const { summary, previous } = dashboard ?? {};
  return (
    <div className={styles.tiles} aria-busy={!dashboard}>
      <Tile title={text.common.income} figure={summary && <Amount amount={summary.income.amount} />}>
        {summary && previous && <Change before={previous.income.amount} now={summary.income.amount} better="more" />}
      </Tile>
      <Tile title={text.common.expenses} figure={summary && <Amount amount={summary.expenses.amount} />}>
        {summary && previous && <Change before={previous.expenses.amount} now={summary.expenses.amount} better="less" />}
      </Tile>
      <Tile title={text.common.net} figure={summary && <Amount amount={summary.net.amount} isNet />}>
        {summary && previous && <><Change before={previous.net.amount} now={summary.net.amount} better="more" sign="always" /> · </>}
        {summary && text.common.records(summary.recordCount, formatCount(summary.recordCount))}
      </Tile>
    </div>
  );
}

function Tile({ title, figure, children }: { title: string; figure: ReactNode; children: ReactNode }) {
  return (
    <Card title={title} className={styles.tile}>
      <p className={styles.figure}>{figure ?? <Skeleton width="min(100%, 7em)" height="1.3em" />}</p>
      <p className={styles.change}>{children}</p>
    </Card>
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
