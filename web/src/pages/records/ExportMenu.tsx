import { useId, useRef, useState } from 'react';
import { useClient } from 'urql';
import { problemsOf } from '../../graphql/errors.js';
import { text } from '../../text/index.js';
import { Button, useToast } from '../../ui/index.js';
import { type ExportFormat, ExportRecords, type RecordsFilter, type RecordsOrder } from './documents.js';
import styles from './records.module.css';

const words = text.records.export;
const FORMATS = ['CSV', 'XLSX', 'JSON_LINES'] as const satisfies readonly ExportFormat[];

/** What the list shows, as a file. */
export function ExportMenu({ filter, orderBy }: { filter: RecordsFilter; orderBy: RecordsOrder }) {
  const client = useClient();
  const toast = useToast();
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);

  const download = async (format: ExportFormat) => {
    menu.current?.hidePopover();
    const { data, error } = await client.mutation(ExportRecords, { input: { format, filter, orderBy } }).toPromise();
    if (!data?.exportRecords) {
      toast({ message: problemsOf(error).map(({ message }) => message).join(' ') });
      return;
    }
    // The address is good for one download: the browser's own, which saves it as the server names it.
    const link = document.createElement('a');
    link.href = data.exportRecords.url;
    link.download = '';
    link.click();
    toast({ message: words.started });
  };

  return (
    <div className={styles.menuPlace}>
      <Button popoverTarget={id} aria-expanded={isOpen} aria-controls={id}>
        {words.open} <span aria-hidden="true">▾</span>
      </Button>
      <div
        id={id}
        ref={menu}
        popover="auto"
        role="group"
        aria-label={words.label}
        className={styles.menu}
        onToggle={(event) => { setOpen(event.newState === 'open'); }}
      >
        {FORMATS.map((format) => (
          <Button key={format} look="plain" onClick={() => void download(format)}>{words.formats[format]}</Button>
        ))}
      </div>
    </div>
  );
}
