import { useState } from 'react';
import { useQuery } from 'urql';
import { useChange } from '../../graphql/useChange.js';
import { formatAgo } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button, Card, Dialog, ErrorNotice, TextField, ui, useToast } from '../../ui/index.js';
import { DeleteFormat, type Format, SavedFormats, SaveFormat } from './documents.js';
import { inputOf } from './format.js';
import styles from './import.module.css';

const { formats: words } = text.imports;

export function SavedFormatsCard() {
  const [{ data, error }, ask] = useQuery({ query: SavedFormats });
  const [deleting, setDeleting] = useState<string | null>(null);
  const formats = data?.importFormats;
  return (
    <Card title={words.title}>
      <p className={styles.quiet}>{formats?.length === 0 ? words.none : words.hint}</p>
      <ErrorNotice error={error} onRetry={ask} />
      <ul className={styles.formats}>
        {formats?.map(({ name, updatedAt }) => (
          <li key={name}>
            <span>{name}</span>
            <span className={styles.quiet}>{words.saved(formatAgo(updatedAt))}</span>
            <Button look="plain" aria-label={words.deleteOne(name)} onClick={() => { setDeleting(name); }}>{words.delete}</Button>
          </li>
        ))}
      </ul>
      {deleting !== null && <DeleteDialog name={deleting} onClose={() => { setDeleting(null); }} />}
    </Card>
  );
}

function DeleteDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { run, isBusy, problems } = useChange(DeleteFormat);
  const toast = useToast();
  const remove = async () => {
    const { problems: refused } = await run({ name });
    if (refused) return;
    toast({ message: words.deleted(name) });
    onClose();
  };
  return (
    <Dialog title={words.deleteTitle} onClose={onClose}>
      <ErrorNotice problems={problems} />
      <p>{words.deleteHint(name)}</p>
      <div className={ui.actions}>
        <Button look="danger" disabled={isBusy} onClick={() => void remove()}>{words.delete}</Button>
        <Button onClick={onClose}>{text.common.cancel}</Button>
      </div>
    </Dialog>
  );
}

/** Keeps a format by name. */
export function SaveDialog({ format, proposed, onClose }: { format: Format; proposed: string; onClose: () => void }) {
  const { run, isBusy, problems, fieldProblems } = useChange(SaveFormat);
  const [{ data }] = useQuery({ query: SavedFormats });
  const [name, setName] = useState(proposed);
  const toast = useToast();
  const replaces = data?.importFormats?.some((saved) => saved.name === name.trim()) ?? false;
  const save = async () => {
    const { data: saved } = await run({ name, format: inputOf(format) });
    if (!saved?.saveImportFormat) return;
    toast({ message: words.done(saved.saveImportFormat.savedFormat.name) });
    onClose();
  };
  return (
    <Dialog title={words.saveTitle} onClose={onClose}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <ErrorNotice problems={problems.filter(({ field }) => field !== 'name')} />
        <TextField
          label={words.name}
          hint={replaces ? words.replaces : words.saveHint}
          value={name}
          data-first
          problems={fieldProblems.get('name')}
          onChange={({ target }) => { setName(target.value); }}
        />
        <div className={ui.actions}>
          <Button type="submit" look="primary" disabled={isBusy}>{text.common.save}</Button>
          <Button onClick={onClose}>{text.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
