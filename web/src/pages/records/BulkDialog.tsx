import { useState } from 'react';
import { formatCount } from '../../format/index.js';
import { otherProblems, type Problem } from '../../graphql/errors.js';
import { useChange } from '../../graphql/useChange.js';
import { text } from '../../text/index.js';
import { Button, Dialog, ErrorNotice, ui, useToast } from '../../ui/index.js';
import { CategoryField } from './CategoryField.js';
import { DeleteRecords, type RecordsFilter, RestoreRecords, UpdateRecords } from './documents.js';
import styles from './records.module.css';
import { countOf, type Selection, targetOf } from './selection.js';

const words = text.records.bulk;

export type BulkKind = 'recategorise' | 'delete' | 'restore';

type Props = {
  kind: BulkKind;
  selection: Selection;
  filter: RecordsFilter;
  totalCount: number;
  onClose: () => void;
  onDone: () => void;
};

/** Says how many records it is about, and changes only as many as that. */
export function BulkDialog({ kind, selection, filter, totalCount, onClose, onDone }: Props) {
  const toast = useToast();
  const update = useChange(UpdateRecords);
  const remove = useChange(DeleteRecords);
  const restore = useChange(RestoreRecords);
  const [category, setCategory] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  // What was asked about counts, until the server says that it is another number by now.
  const [count, setCount] = useState(countOf(selection, totalCount));
  const formatted = formatCount(count);
  const { isBusy, problems, fieldProblems } = { recategorise: update, delete: remove, restore }[kind];
  const target = { records: targetOf(selection, filter), expectedCount: count };

  const done = (message: string, undo?: () => void) => {
    toast({ message, ...(undo && { action: { label: text.common.undo, run: undo } }) });
    onClose();
    onDone();
  };
  const failed = (found: readonly Problem[]) => {
    const now = found.find(({ code }) => code === 'CONFLICT')?.extensions['count'];
    if (typeof now === 'number') setCount(now);
  };

  const recategorise = async () => {
    setEmpty(category.trim() === '');
    if (category.trim() === '') return;
    const { problems: found } = await update.run({ ...target, set: { category: category.trim() } });
    if (found) failed(found);
    else done(words.recategorised(count, formatted, category.trim()));
  };
  const takeBack = async (ids: string[]) => {
    const { problems: found } = await restore.run({ records: { ids }, expectedCount: ids.length });
    toast({ message: found ? text.records.refused(found.map(({ message }) => message).join(' ')) : words.restored(ids.length, formatCount(ids.length)) });
    if (!found) onDone();
  };
  const removeAll = async () => {
    const { data, problems: found } = await remove.run(target);
    if (found) {
      failed(found);
      return;
    }
    const ids = data.deleteRecords?.records.map(({ id }) => id) ?? [];
    done(words.deleted(count, formatted), () => void takeBack(ids));
  };
  const restoreAll = async () => {
    const { problems: found } = await restore.run(target);
    if (found) failed(found);
    else done(words.restored(count, formatted));
  };

  const conflict = problems.some(({ code }) => code === 'CONFLICT');
  const others = conflict
    ? [words.countIsNow(count, formatted)]
    : otherProblems(fieldProblems, ['set.category']);
  const { title, label, run } = {
    recategorise: { title: words.recategoriseTitle, label: words.doRecategorise, run: recategorise },
    delete: { title: words.deleteTitle, label: words.doDelete, run: removeAll },
    restore: { title: words.restoreTitle, label: words.doRestore, run: restoreAll },
  }[kind];

  return (
    <Dialog title={title(count, formatted)} onClose={onClose}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <ErrorNotice problems={others.map((message) => ({ message, code: null, field: null, requestId: null, extensions: {} }))} />
        {kind === 'recategorise' ? (
          <CategoryField
            label={words.newCategory}
            hint={text.records.form.categoryHint}
            value={category}
            onChange={(event) => { setCategory(event.currentTarget.value); }}
            problems={isEmpty ? [text.records.form.categoryEmpty] : fieldProblems.get('set.category')}
            data-first
          />
        ) : (
          <p className={styles.soft}>{kind === 'delete' ? words.deleteHint : words.restoreHint}</p>
        )}
        <div className={ui.actions}>
          <Button type="submit" look={kind === 'delete' ? 'danger' : 'primary'} disabled={isBusy} data-first={kind === 'recategorise' ? undefined : true}>
            {label(count, formatted)}
          </Button>
          <Button onClick={onClose}>{text.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
