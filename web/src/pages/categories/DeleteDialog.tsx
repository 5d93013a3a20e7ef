import { useChange } from '../../graphql/useChange.js';
import type { Problem } from '../../graphql/errors.js';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button, Dialog, ErrorNotice, ui, useToast } from '../../ui/index.js';
import { type Category, DeleteCategory } from './documents.js';

const words = text.categories.deleting;

type Props = { category: Category; onClose: () => void; onMergeInstead: () => void };

export function DeleteDialog({ category: { id, name, version }, onClose, onMergeInstead }: Props) {
  const { run, isBusy, problems } = useChange(DeleteCategory);
  const toast = useToast();
  const isNeeded = problems.some(({ extensions }) => typeof extensions['recordCount'] === 'number');

  const remove = async () => {
    const { problems: refused } = await run({ id, expectedVersion: version });
    if (refused) return;
    toast({ message: words.done(name) });
    onClose();
  };

  return (
    <Dialog title={words.title(name)} onClose={onClose}>
      <div className={ui.form}>
        <ErrorNotice problems={problems.map((problem) => ({ ...problem, message: messageOf(problem) }))} />
        {problems.length === 0 && <p>{words.hint}</p>}
      </div>
      <div className={ui.actions}>
        {isNeeded
          ? <Button look="primary" onClick={onMergeInstead}>{text.categories.merge}</Button>
          : <Button look="danger" disabled={isBusy} onClick={() => void remove()}>{words.submit}</Button>}
        <Button onClick={onClose}>{text.common.cancel}</Button>
      </div>
    </Dialog>
  );
}

function messageOf({ message, extensions }: Problem): string {
  const { recordCount, deletedRecordCount, mergedCount } = extensions;
  if (typeof recordCount === 'number' && typeof deletedRecordCount === 'number') {
    return words.hasRecords(recordCount, formatCount(recordCount), deletedRecordCount, formatCount(deletedRecordCount));
  }
  return typeof mergedCount === 'number' ? words.hasMerged : message;
}
