import { useState } from 'react';
import { useQuery } from 'urql';
import { useChange } from '../../graphql/useChange.js';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Amount, Button, Card, ErrorNotice, Select, Skeleton, ui } from '../../ui/index.js';
import { CommitImport, type FileImport, type Import, Rows } from './documents.js';
import { inWords } from './format.js';
import styles from './import.module.css';
import { VerdictRows } from './RowTables.js';
import { type Duplicates, useDuplicates } from './useDuplicates.js';

const { check: words } = text.imports;
const PAGE_ROWS = 50;
/** With more rows than this, the server enters them in the background. */
const MOST_AT_ONCE = 5000;

type Counts = NonNullable<Import['counts']>;

export function CheckStep({ found: { id, counts, summaries }, onBack }: { found: FileImport; onBack: () => void }) {
  const duplicates = useDuplicates(id, counts);
  if (!counts) return <Skeleton height="12em" />;
  return (
    <>
      <CountTiles counts={counts} />
      <div className={styles.halves}>
        <Enter id={id} counts={counts} onBack={onBack} />
        {summaries && counts.new > 0 && <SumsLine counts={counts} summaries={summaries} duplicates={duplicates} />}
      </div>
      <PagedRows id={id} hasProblems={counts.problems > 0} />
    </>
  );
}

function CountTiles({ counts }: { counts: Counts }) {
  const kinds = (['new', 'alreadyImported', 'problems', 'pending', 'zero'] as const).filter((kind) => kind === 'new' || counts[kind] > 0);
  return (
    <dl className={styles.tiles}>
      {kinds.map((kind) => (
        <div key={kind} className={styles.tile}>
          <dt>{words.counts[kind]}</dt>
          <dd className={kind === 'problems' ? styles.problem : undefined}>{formatCount(counts[kind])}</dd>
        </div>
      ))}
    </dl>
  );
}

type SumsProps = { counts: Counts; summaries: NonNullable<FileImport['summaries']>; duplicates: Duplicates | null };

function SumsLine({ counts, summaries, duplicates }: SumsProps) {
  return (
    <Card title={words.sums}>
      <ul className={styles.sums}>
        {summaries.map(({ income, expenses }) => (
          <li key={income.currency}>
            <span>{text.common.income} <strong><Amount amount={income.amount} /></strong></span>
            <span>{text.common.expenses} <strong><Amount amount={expenses.amount} /></strong></span>
            <strong>{income.currency}</strong>
          </li>
        ))}
      </ul>
      {duplicates !== null && duplicates.count > 0 && (
        <p>
          {duplicates.rows < counts.rows && `${words.ofFirst(duplicates.rows, formatCount(duplicates.rows))} `}
          {words.looksLike(duplicates.count, formatCount(duplicates.count))}
        </p>
      )}
    </Card>
  );
}

function Enter({ id, counts, onBack }: { id: string; counts: Counts; onBack: () => void }) {
  const { run, isBusy, problems } = useChange(CommitImport);
  const [leavesProblems, setLeavesProblems] = useState(false);
  const [leavesDuplicates, setLeavesDuplicates] = useState(false);
  const isNothing = counts.new === 0;
  const isBlocked = counts.problems > 0 && !leavesProblems;

  return (
    <Card title={words.enterTitle}>
      <div className={styles.enter}>
        <ErrorNotice problems={problems.map((problem) => ({ ...problem, message: inWords(problem.message) }))} />
        {isNothing && counts.problems === 0 && (
          <p>{counts.rows > 0 && counts.alreadyImported === counts.rows ? words.allBefore(counts.rows, formatCount(counts.rows)) : words.nothing}</p>
        )}
        {counts.problems > 0 && <p>{words.mustChoose(counts.problems, formatCount(counts.problems))}</p>}
        {counts.problems > 0 && !isNothing && (
          <label className={styles.check}>
            <input type="checkbox" checked={leavesProblems} onChange={({ target }) => { setLeavesProblems(target.checked); }} />
            {words.leaveOutProblems(counts.problems, formatCount(counts.problems))}
          </label>
        )}
        {!isNothing && (
          <label className={styles.check}>
            <input type="checkbox" checked={leavesDuplicates} onChange={({ target }) => { setLeavesDuplicates(target.checked); }} />
            {words.leaveOutDuplicates}
          </label>
        )}
        {!isNothing && counts.rows > MOST_AT_ONCE && <p className={styles.quiet}>{words.background}</p>}
      </div>
      <div className={ui.actions}>
        {!isNothing && (
          <Button
            look="primary"
            disabled={isBusy || isBlocked}
            onClick={() => void run({
              id,
              onProblem: leavesProblems ? 'SKIP' : 'REJECT_ALL',
              onPossibleDuplicate: leavesDuplicates ? 'SKIP' : 'ENTER',
            })}
          >
            {isBusy ? words.entering : words.enter(counts.new, formatCount(counts.new))}
          </Button>
        )}
        <Button onClick={onBack}>{text.imports.back}</Button>
      </div>
    </Card>
  );
}

function PagedRows({ id, hasProblems }: { id: string; hasProblems: boolean }) {
  const [onlyProblems, setOnlyProblems] = useState(false);
  // The last line of each page before this one.
  const [before, setBefore] = useState<readonly number[]>([]);
  const [{ data, error, stale }, ask] = useQuery({
    query: Rows,
    variables: { id, first: PAGE_ROWS, onlyProblems, afterLine: before.at(-1) ?? null },
    requestPolicy: 'network-only',
  });
  const rows = data?.import?.preview;
  const [first, last] = [rows?.at(0), rows?.at(-1)];

  return (
    <Card
      title={words.title}
      actions={(
        <Select
          label={words.show}
          value={onlyProblems ? 'problems' : 'all'}
          onChange={({ target }) => {
            setOnlyProblems(target.value === 'problems');
            setBefore([]);
          }}
        >
          <option value="all">{words.all}</option>
          <option value="problems" disabled={!hasProblems}>{words.onlyProblems}</option>
        </Select>
      )}
    >
      <ErrorNotice error={error} onRetry={ask} />
      {!rows && !error && <Skeleton height="16em" />}
      {rows?.length === 0 && <p>{onlyProblems ? words.noProblems : words.noRows}</p>}
      {rows && first && last && (
        <>
          <VerdictRows label={words.title} rows={rows} isOld={stale} />
          <div className={ui.actions}>
            {(before.length > 0 || rows.length === PAGE_ROWS) && (
              <>
                <Button disabled={before.length === 0} onClick={() => { setBefore(before.slice(0, -1)); }}>{words.earlier}</Button>
                <Button disabled={rows.length < PAGE_ROWS} onClick={() => { setBefore([...before, last.line]); }}>{words.later}</Button>
              </>
            )}
            <span className={styles.quiet} role="status">{words.lines(formatCount(first.line), formatCount(last.line))}</span>
          </div>
        </>
      )}
    </Card>
  );
}
