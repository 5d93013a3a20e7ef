import { formatCount, formatDay } from '../../format/index.js';
import { text } from '../../text/index.js';
import { classes, RecordAmount, ui } from '../../ui/index.js';
import type { Format, Row } from './documents.js';
import { inWords, usesOf } from './format.js';
import styles from './import.module.css';
import type { TableRow } from './table.js';

const { check: words, uses, verdicts } = text.imports;

type FileProps = { label: string; format: Format; columns: readonly string[]; rows: readonly TableRow[] };

/** Rows as they stand in the file, and above each column what it is used for. */
export function FileRows({ label, format, columns, rows }: FileProps) {
  return (
    <div className={classes(ui.scroll, styles.rows)} tabIndex={0} role="region" aria-label={label}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th scope="col" className={ui.number}>{words.line}</th>
            {columns.map((column, at) => {
              const used = usesOf(format, columns, at).flatMap((field) => (field in uses ? [uses[field as keyof typeof uses]] : []));
              return (
                <th key={column} scope="col" className={used.length > 0 ? styles.used : undefined}>
                  {column}
                  {used.length > 0 && <span className={styles.use}>{used.join(', ')}</span>}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ line, cells }) => (
            <tr key={line}>
              <td className={ui.number}>{formatCount(line)}</td>
              {columns.map((column, at) => <td key={column} className={styles.cell}>{cells[at]}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What rows become, or why not. */
export function VerdictRows({ label, rows, isOld = false }: { label: string; rows: readonly Row[]; isOld?: boolean }) {
  return (
    <div className={classes(ui.scroll, styles.rows, isOld && styles.old)} tabIndex={0} role="region" aria-label={label}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th scope="col" className={ui.number}>{words.line}</th>
            <th scope="col">{words.verdict}</th>
            <th scope="col">{words.date}</th>
            <th scope="col">{words.counterparty}</th>
            <th scope="col">{words.category}</th>
            <th scope="col">{words.notes}</th>
            <th scope="col" className={ui.number}>{words.amount}</th>
          </tr>
        </thead>
        <tbody>{rows.map((row) => <VerdictRow key={row.line} row={row} />)}</tbody>
      </table>
    </div>
  );
}

function VerdictRow({ row: { line, cells, verdict, problems, record } }: { row: Row }) {
  return (
    <tr className={verdict === 'NEW' || verdict === 'POSSIBLE_DUPLICATE' ? undefined : styles.leftOut}>
      <td className={ui.number}>{formatCount(line)}</td>
      <td className={classes(styles.verdict, verdict === 'PROBLEM' && styles.problem)}>{verdicts[verdict]}</td>
      {record && problems.length === 0 ? (
        <>
          <td className={styles.day}>{formatDay(record.date)}</td>
          <td className={styles.cell}>{record.counterparty}</td>
          <td className={styles.cell}>{record.category}</td>
          <td className={styles.cell}>{record.notes}</td>
          <td className={ui.number}><RecordAmount kind={record.kind} amount={record.amount.amount} currency={record.amount.currency} /></td>
        </>
      ) : (
        <td colSpan={5}>
          {problems.map(({ column, message }) => (
            <p key={`${column ?? ''} ${message}`} className={styles.problem}>
              {column !== null && <strong>{`${column}: `}</strong>}
              {inWords(message)}
            </p>
          ))}
          <p className={styles.asInFile}>{cells.filter((cell) => cell !== '').join(' · ')}</p>
        </td>
      )}
    </tr>
  );
}
