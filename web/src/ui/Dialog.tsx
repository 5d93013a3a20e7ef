import { type ReactNode, useEffect, useId, useRef } from 'react';
import { text } from '../text/index.js';
import styles from './ui.module.css';

type Props = {
  title: ReactNode;
  /** Escape and the cross; without it, the dialog stays until what it asks for is done. */
  onClose?: () => void;
  children: ReactNode;
};

/**
 * A modal dialog that is open as long as it is rendered. The browser keeps the focus in it, and gives it back afterwards. A
 * control with `data-first` gets it at the beginning.
 */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      element?.close();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      // Escape is for the dialog, not for what it was opened from.
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.stopPropagation();
      }}
    >
      <div className={styles.dialogHead}>
        <h2 id={id}>{title}</h2>
        {onClose && <CloseButton onClose={onClose} />}
      </div>
      {children}
    </dialog>
  );
}

export function CloseButton({ onClose }: { onClose: () => void }) {
  return <button type="button" className={styles.close} aria-label={text.common.close} onClick={onClose}>×</button>;
}
