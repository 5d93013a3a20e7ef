import { useDeferredValue, useState } from 'react';
import { useQuery } from 'urql';
import { useChange } from '../../graphql/useChange.js';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button, Dialog, ErrorNotice, TextField, ui, useToast } from '../../ui/index.js';
import styles from './categories.module.css';
import { type Category, MergeCategories, MergeTargets } from './documents.js';
import type { MergedCategory } from './useMerged.js';

const words = text.categories.merging;
const MOST_SHOWN = 8;

type Props = {
  category: Category;
  /** A name to begin with. */
  into: string;
  onClose: () => void;
  onMerged: () => void;
  onUndo: (merged: MergedCategory) => void;
};

export function MergeDialog({ category: from, into, onClose, onMerged, onUndo }: Props) {
  const { run, isBusy, problems } = useChange(MergeCategories);
  const [typed, setTyped] = useState(into);
  const [chosen, setChosen] = useState<Category | null>(null);
  const search = useDeferredValue(typed.trim());
  const [{ data, error, fetching }, ask] = useQuery({ query: MergeTargets, variables: { search } });
  const toast = useToast();
  const found = (data?.categories?.nodes ?? []).filter(({ id }) => id !== from.id).slice(0, MOST_SHOWN);
  const isMore = (data?.categories?.totalCount ?? 0) > found.length + 1;

  const merge = async () => {
    if (!chosen) return;
    const { data: done } = await run({ fromId: from.id, intoId: chosen.id });
    const target = done?.mergeCategories?.category;
    if (!target) return;
    const merged = { id: from.id, name: from.name, into: target };
    toast({
      message: words.done(from.name, target.name),
      action: { label: text.common.undo, run: () => { onUndo(merged); } },
    });
    onMerged();
    onClose();
  };

  return (
    <Dialog title={words.title(from.name)} onClose={onClose}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void merge();
        }}
      >
        <ErrorNotice problems={problems.map((problem) => (problem.code === 'CONFLICT' ? { ...problem, message: words.gone } : problem))} />
        <ErrorNotice error={error} onRetry={ask} />
        <TextField
          label={words.search}
          data-first
          autoComplete="off"
          maxLength={100}
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            setChosen(null);
          }}
        />
        <fieldset className={styles.targets}>
          <legend className={ui.hidden}>{words.found}</legend>
          {found.map((category) => (
            <label key={category.id} className={styles.target}>
              <input type="radio" name="into" checked={chosen?.id === category.id} onChange={() => { setChosen(category); }} />
              <span>{category.name}</span>
              <span className={styles.quiet}>{text.common.records(category.recordCount, formatCount(category.recordCount))}</span>
            </label>
          ))}
          {found.length === 0 && !fetching && !error && <p className={styles.quiet}>{words.noMatch}</p>}
          {isMore && <p className={styles.quiet}>{words.narrow}</p>}
        </fieldset>
        {chosen && (
          <div className={styles.what} role="status">
            <p>{words.what(from.name, from.recordCount, formatCount(from.recordCount), chosen.name)}</p>
            <p>{words.canUndo}</p>
          </div>
        )}
        <div className={ui.actions}>
          <Button type="submit" look="primary" disabled={isBusy || !chosen}>{words.submit}</Button>
          <Button onClick={onClose}>{text.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
