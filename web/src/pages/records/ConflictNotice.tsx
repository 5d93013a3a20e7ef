import { formatAgo, formatDay } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button, ui } from '../../ui/index.js';
import type { DetailedRecord } from './documents.js';
import type { Conflict } from './draft.js';
import styles from './records.module.css';

const words = text.records.conflict;

type Props = {
  theirs: DetailedRecord;
  conflicts: readonly Conflict[];
  onKeepMine: () => void;
  onTakeTheirs: () => void;
};

/** Somebody else changed the record that is being changed here: both versions, and the choice. */
export function ConflictNotice({ theirs, conflicts, onKeepMine, onTakeTheirs }: Props) {
  return (
    <section className={styles.conflict} role="alert">
      <p><strong>{words.title(theirs.updatedBy.name, formatAgo(theirs.updatedAt))}</strong></p>
      {conflicts.length === 0 ? <p>{words.onlyOthers}</p> : (
        <dl>
          {conflicts.map(({ field, theirs: theirValue, mine }) => (
            <div key={field}>
              <dt>{text.records.form[field]}</dt>
              {' '}
              <dd>{`${words.theirs} ${shown(field, theirValue)} · ${words.yours} ${shown(field, mine)}`}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className={ui.actions}>
        <Button look="primary" onClick={onKeepMine}>{words.keepMine}</Button>
        <Button onClick={onTakeTheirs}>{words.takeTheirs}</Button>
      </div>
    </section>
  );
}

function shown(field: Conflict['field'], value: string): string {
  if (value === '') return words.nothing;
  if (field === 'date') return formatDay(value);
  if (field === 'kind') return value === 'INCOME' ? text.records.form.income : text.records.form.expense;
  return value;
}
