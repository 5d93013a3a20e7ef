import { type ReactNode, useEffect, useId, useRef } from 'react';
import { CloseButton } from './Dialog.js';
import styles from './ui.module.css';

type Props = { title: ReactNode; onClose: () => void; children: ReactNode };

/** A sheet at the side of a list, which stays usable. Its heading gets the focus; closing gives it back. */
export function Panel({ title, onClose, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();

  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <aside
      className={styles.panel}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        // Otherwise a question that is asked now would be closed by the same key.
        event.preventDefault();
        onClose();
      }}
    >
      <div className={styles.panelHead}>
        <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
        <CloseButton onClose={onClose} />
      </div>
      {children}
    </aside>
  );
}
