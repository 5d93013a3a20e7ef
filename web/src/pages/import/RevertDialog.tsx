import { useState } from 'react';
import { useChange } from '../../graphql/useChange.js';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button, Dialog, ErrorNotice, ui, useToast } from '../../ui/index.js';
import { type Import, RevertImport } from './documents.js';
import { inWords } from './format.js';
import styles from './import.module.css';

const { result: words } = text.imports;

export function RevertDialog({ found: { id, enteredCount, revertedCount }, onClose }: { found: Import; onClose: () => void }) {
  const { run, isBusy, problems } = useChange(RevertImport);
  const [deleteChanged, setDeleteChanged] = useState(false);
  const [leaveClosed, setLeaveClosed] = useState(false);
  const toast = useToast();
  const count = enteredCount - revertedCount;

  const revert = async () => {
    const { data } = await run({ id, deleteChanged, leaveClosed });
    if (!data?.revertImport) return;
    if (data.revertImport.import.state === 'REVERTED') toast({ message: words.done });
    onClose();
  };

  return (
    <Dialog title={words.revertTitle} onClose={onClose}>
      <div className={styles.stack}>
        <ErrorNotice problems={problems.map((problem) => ({ ...problem, message: inWords(problem.message) }))} />
        <p>{words.revertWhat(count, formatCount(count))}</p>
        <label className={styles.check}>
          <input type="checkbox" checked={deleteChanged} onChange={({ target }) => { setDeleteChanged(target.checked); }} />
          {words.deleteChanged}
        </label>
        <label className={styles.check}>
          <input type="checkbox" checked={leaveClosed} onChange={({ target }) => { setLeaveClosed(target.checked); }} />
          {words.leaveClosed}
        </label>
      </div>
      <div className={ui.actions}>
        <Button look="danger" disabled={isBusy} onClick={() => void revert()}>{words.revertNow}</Button>
        <Button onClick={onClose}>{text.common.cancel}</Button>
      </div>
    </Dialog>
  );
}
