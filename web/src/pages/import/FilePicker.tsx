import { type ReactNode, useId, useRef, useState } from 'react';
import { text } from '../../text/index.js';
import { buttonClass, classes, ui } from '../../ui/index.js';
import { formatBytes } from './bytes.js';
import { type ChosenFile, openFile } from './files.js';
import styles from './import.module.css';

const { drop: words } = text.imports;

type Props = {
  label?: string;
  /** The most bytes that the server takes; null where it is not known yet. */
  most: number | null;
  onChoose: (chosen: ChosenFile) => void;
  children?: ReactNode;
};

/** A place to drop a file on, and a button that opens the browser's choice of files. */
export function FilePicker({ label = words.choose, most, onChoose, children }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  // Parts of the place are entered and left as well.
  const [depth, setDepth] = useState(0);

  const take = async (files: FileList | null) => {
    const [file] = files ?? [];
    if (!file) return;
    const found = (files?.length ?? 0) > 1 ? words.onlyOne
      : file.size === 0 ? words.empty
      : most !== null && file.size > most ? words.tooLarge(formatBytes(file.size), formatBytes(most))
      : null;
    setProblem(found);
    if (found !== null) return;
    try {
      onChoose(await openFile(file));
    } catch {
      setProblem(words.unreadable);
    }
  };

  return (
    <div
      className={classes(styles.drop, depth > 0 && styles.over)}
      onDragEnter={(event) => {
        event.preventDefault();
        setDepth(depth + 1);
      }}
      onDragLeave={() => { setDepth(Math.max(0, depth - 1)); }}
      onDragOver={(event) => { event.preventDefault(); }}
      onDrop={(event) => {
        event.preventDefault();
        setDepth(0);
        void take(event.dataTransfer.files);
      }}
    >
      {children}
      <input
        ref={input}
        id={id}
        className={styles.fileInput}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        onChange={(event) => {
          void take(event.target.files).finally(() => {
            // The same file can be chosen again, after it was changed.
            if (input.current) input.current.value = '';
          });
        }}
      />
      <label className={buttonClass('primary')} htmlFor={id}>{depth > 0 ? words.dropHere : label}</label>
      {problem !== null && <p id={`${id}-problem`} className={ui.problem} role="alert">{problem}</p>}
    </div>
  );
}
