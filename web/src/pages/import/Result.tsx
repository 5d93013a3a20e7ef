import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { useChange } from '../../graphql/useChange.js';
import { formatCount, formatMoment } from '../../format/index.js';
import { isAtLeast } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Amount, Button, buttonClass, Card, ErrorNotice, ui } from '../../ui/index.js';
import { CommitImport, EnteredSums, type Import, Progress } from './documents.js';
import styles from './import.module.css';
import { RevertDialog } from './RevertDialog.js';

const { result: words } = text.imports;
const ASK_AGAIN_MS = 1000;

/** An import that was entered, in part or whole, or taken back. */
export function Result({ found }: { found: Import }) {
  const { state } = found;
  if (state === 'ENTERING' || state === 'REVERTING') return <Working found={found} />;
  return (
    <Card title={titleOf(found)}>
      <div className={styles.stack}>
        {state === 'ENTERED' && <Entered found={found} />}
        {state === 'FAILED' && <Failed found={found} />}
        {state === 'REVERTED' && <Reverted found={found} />}
      </div>
      <Actions found={found} />
    </Card>
  );
}

function titleOf({ state, enteredCount }: Import): string {
  if (state === 'FAILED') return words.failed;
  return state === 'REVERTED' ? words.reverted : words.entered(enteredCount, formatCount(enteredCount));
}

/** Asks how far the server is, until it is done. */
function Working({ found: { id, state, counts, rowsDone, enteredCount, revertedCount } }: { found: Import }) {
  const [{ fetching }, ask] = useQuery({ query: Progress, variables: { id }, pause: true });
  useEffect(() => {
    if (fetching) return undefined;
    const timer = setTimeout(() => { ask({ requestPolicy: 'network-only' }); }, ASK_AGAIN_MS);
    return () => {
      clearTimeout(timer);
    };
  });
  const isEntering = state === 'ENTERING';
  const title = isEntering ? words.entering : words.reverting;
  const [done, all] = isEntering ? [rowsDone, counts?.rows ?? 0] : [revertedCount, enteredCount];
  return (
    <Card title={title}>
      <div className={styles.progress}>
        <progress aria-label={title} max={Math.max(1, all)} value={done} />
        <p>{(isEntering ? words.progress : words.deletedSoFar)(formatCount(done), all, formatCount(all))}</p>
        <p className={styles.quiet}>{words.background}</p>
      </div>
    </Card>
  );
}

function Entered({ found: { id, counts, enteredCount, committedBy, committedAt } }: { found: Import }) {
  const [{ data }] = useQuery({ query: EnteredSums, variables: { filter: { importId: id } } });
  const leftOut = counts && counts.rows - enteredCount;
  return (
    <>
      {committedBy && committedAt && <p className={styles.quiet}>{words.enteredBy(committedBy.name, formatMoment(committedAt))}</p>}
      <ul className={styles.sums}>
        {data?.records?.summaries?.filter(({ recordCount }) => recordCount > 0).map(({ income, expenses, net }) => (
          <li key={income.currency}>
            <span>{text.common.income} <strong><Amount amount={income.amount} /></strong></span>
            <span>{text.common.expenses} <strong><Amount amount={expenses.amount} /></strong></span>
            <span>{text.common.net} <strong><Amount amount={net.amount} isNet /></strong></span>
            <strong>{income.currency}</strong>
          </li>
        ))}
      </ul>
      {leftOut === 0 && <p>{words.leftOutNone}</p>}
      {counts && leftOut !== null && leftOut > 0 && (
        <p>
          {`${words.leftOut}: `}
          {leftOutParts(counts, leftOut).join(', ')}
        </p>
      )}
    </>
  );
}

/** Why rows became no records; what no count explains looked like records that were there. */
function leftOutParts(counts: NonNullable<Import['counts']>, leftOut: number): string[] {
  const kinds = ['alreadyImported', 'problems', 'pending', 'zero'] as const;
  const others = leftOut - kinds.reduce((sum, kind) => sum + counts[kind], 0);
  return [
    ...kinds.filter((kind) => counts[kind] > 0).map((kind) => `${formatCount(counts[kind])} ${words.leftOutBecause[kind]}`),
    ...(others > 0 ? [`${formatCount(others)} ${words.leftOutBecause.duplicates}`] : []),
  ];
}

function Failed({ found: { failure, enteredCount } }: { found: Import }) {
  return (
    <>
      {failure !== null && <p className={styles.problem}>{failure}</p>}
      <p>{words.failedHint(enteredCount, formatCount(enteredCount))}</p>
    </>
  );
}

function Reverted({ found: { enteredCount, revertedCount, revertedBy, revertedAt } }: { found: Import }) {
  const left = enteredCount - revertedCount;
  return (
    <>
      {revertedBy && revertedAt && <p className={styles.quiet}>{words.enteredBy(revertedBy.name, formatMoment(revertedAt))}</p>}
      <p>
        {left === 0 ? words.revertedAll(enteredCount, formatCount(enteredCount))
          : words.revertedSome(revertedCount, formatCount(revertedCount), enteredCount, formatCount(enteredCount))}
        {` ${words.revertedHint}`}
      </p>
      {left > 0 && <p>{words.left(left, formatCount(left))}</p>}
    </>
  );
}

function Actions({ found }: { found: Import }) {
  const { id, state, enteredCount, revertedCount } = found;
  const viewer = useViewer();
  const [isReverting, setReverting] = useState(false);
  const { run, isBusy, problems } = useChange(CommitImport);
  const hasRecords = enteredCount > revertedCount;
  return (
    <>
      <ErrorNotice problems={problems} />
      <div className={ui.actions}>
        {state === 'FAILED' && (
          <Button look="primary" disabled={isBusy} onClick={() => void run({ id, onProblem: 'SKIP', onPossibleDuplicate: 'ENTER' })}>{words.goOn}</Button>
        )}
        {hasRecords && <Link to="/records" search={{ importId: id }} className={buttonClass(state === 'FAILED' ? 'normal' : 'primary')}>{words.showRecords}</Link>}
        <Link to="/import" className={buttonClass()}>{words.another}</Link>
        {isAtLeast(viewer.role, 'ADMIN') && hasRecords && (
          <Button look="danger" onClick={() => { setReverting(true); }}>{words.revert}</Button>
        )}
      </div>
      {isReverting && <RevertDialog found={found} onClose={() => { setReverting(false); }} />}
    </>
  );
}
