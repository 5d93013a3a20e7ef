import { useState } from 'react';
import { formatCount } from '../../format/index.js';
import type { Problem } from '../../graphql/errors.js';
import { text } from '../../text/index.js';
import { Button, Dialog, ErrorNotice, ui, useToast } from '../../ui/index.js';
import { type BulkKind, MOST_AT_ONCE } from './bulk.js';
import { CategoryField } from './CategoryField.js';
import type { RecordsFilter } from './documents.js';
import styles from './records.module.css';
import { countOf, type Selection } from './selection.js';
import { useBulk } from './useBulk.js';

const words = text.records.bulk;

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
  const { run, stop, done, takeBack } = useBulk(kind, onDone);
  const [typed, setTyped] = useState('');
  const category = typed.trim();
  const [isEmpty, setEmpty] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  // What was asked about counts, until the server says that it is another number by now.
  const [count, setCount] = useState(countOf(selection, totalCount));
  const [doneBefore, setDoneBefore] = useState(0);
  const isBusy = done !== null;
  const formatted = formatCount(count);

  const { title, label, sentence } = {
    recategorise: {
      title: words.recategoriseTitle,
      label: words.doRecategorise,
      sentence: (many: number) => words.recategorised(many, formatCount(many), category),
    },
    delete: { title: words.deleteTitle, label: words.doDelete, sentence: (many: number) => words.deleted(many, formatCount(many)) },
    restore: { title: words.restoreTitle, label: words.doRestore, sentence: (many: number) => words.restored(many, formatCount(many)) },
  }[kind];

  const finish = (message: string) => {
    toast({ message, ...(kind !== 'restore' && { action: { label: text.common.undo, run: () => void takeBack(category) } }) });
    onClose();
    onDone();
  };
  const start = async () => {
    const isMissing = kind === 'recategorise' && category === '';
    setEmpty(isMissing);
    if (isMissing) return;
    const outcome = await run({ selection, filter, count, category });
    const all = doneBefore + outcome.done;
    setDoneBefore(all);
    setProblems(outcome.problems);
    const now = outcome.problems.find(({ code }) => code === 'CONFLICT')?.extensions['count'];
    if (typeof now === 'number') setCount(now);
    if (outcome.isStopped) finish(words.stopped(sentence(all), count - outcome.done, formatCount(count - outcome.done)));
    else if (outcome.problems.length === 0) finish(sentence(all));
  };
  const close = () => {
    if (doneBefore > 0) finish(sentence(doneBefore));
    else onClose();
  };

  return (
    <Dialog title={title(count, formatted)} {...(!isBusy && { onClose: close })}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <ErrorNotice problems={problems.filter(({ field }) => field !== 'set.category')} />
        {problems.length > 0 && doneBefore > 0 && <p>{words.doneBefore(doneBefore, formatCount(doneBefore))}</p>}
        {kind === 'recategorise' ? (
          <CategoryField
            label={words.newCategory}
            hint={text.records.form.categoryHint}
            value={typed}
            disabled={isBusy || doneBefore > 0}
            onChange={(event) => { setTyped(event.currentTarget.value); }}
            problems={isEmpty ? [text.records.form.categoryEmpty] : problems.filter(({ field }) => field === 'set.category').map(({ message }) => message)}
            data-first
          />
        ) : (
          <p className={styles.soft}>{kind === 'delete' ? words.deleteHint : words.restoreHint}</p>
        )}
        {isBusy && count > MOST_AT_ONCE ? (
          <>
            <progress className={styles.bulkProgress} aria-label={title(count, formatted)} max={count} value={done} />
            <p role="status">{words.progress(formatCount(done), formatted)}</p>
            <div className={ui.actions}><Button autoFocus onClick={stop}>{words.stop}</Button></div>
          </>
        ) : (
          <div className={ui.actions}>
            <Button type="submit" look={kind === 'delete' ? 'danger' : 'primary'} disabled={isBusy} data-first={kind === 'recategorise' ? undefined : true}>
              {label(count, formatted)}
            </Button>
            <Button disabled={isBusy} onClick={close}>{text.common.cancel}</Button>
          </div>
        )}
      </form>
    </Dialog>
  );
}
