import { useState } from 'react';
import { useChange } from '../../graphql/useChange.js';
import { text } from '../../text/index.js';
import { Button, Dialog, ErrorNotice, TextField, ui, useToast } from '../../ui/index.js';
import { type Category, RenameCategory } from './documents.js';

const words = text.categories.renaming;

type Props = { category: Category; onClose: () => void; onMergeInstead: (name: string) => void };

export function RenameDialog({ category: { id, name: before }, onClose, onMergeInstead }: Props) {
  const { run, isBusy, problems, reset } = useChange(RenameCategory);
  const [name, setName] = useState(before);
  const toast = useToast();
  const isTaken = problems.some(({ code }) => code === 'CONFLICT');

  const rename = async () => {
    if (name === before) {
      onClose();
      return;
    }
    const { data } = await run({ id, name });
    const after = data?.renameCategory?.category.name;
    if (after === undefined) return;
    toast({ message: words.done(before, after) });
    onClose();
  };

  return (
    <Dialog title={words.title(before)} onClose={onClose}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void rename();
        }}
      >
        <ErrorNotice problems={problems.filter(({ field }) => field !== 'name')} />
        <TextField
          label={words.name}
          data-first
          autoComplete="off"
          value={name}
          problems={problems.flatMap(({ code, field, message }) => (field !== 'name' ? [] : [code === 'CONFLICT' ? words.taken : message]))}
          onChange={({ target }) => {
            setName(target.value);
            reset();
          }}
        />
        <div className={ui.actions}>
          <Button type="submit" look="primary" disabled={isBusy}>{words.submit}</Button>
          {isTaken && <Button onClick={() => { onMergeInstead(name.trim()); }}>{words.mergeInstead}</Button>}
          <Button onClick={onClose}>{text.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
