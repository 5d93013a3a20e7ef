import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { Button } from './Button.js';
import { CloseButton } from './Dialog.js';
import styles from './ui.module.css';

type Toast = { message: string; action?: { label: string; run: () => void } };
type Shown = Toast & { id: number };

const SHOWN_MS = 10_000;

const ToastContext = createContext<(toast: Toast) => void>(() => {});

/** Says what was done, with a way to take it back. */
export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext);
}

export function Toasts({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown[]>([]);
  const count = useRef(0);
  const add = useCallback((toast: Toast) => {
    count.current += 1;
    const id = count.current;
    setShown((before) => [...before.slice(-2), { ...toast, id }]);
  }, []);
  const remove = useCallback((id: number) => {
    setShown((before) => before.filter((toast) => toast.id !== id));
  }, []);

  return (
    <ToastContext value={add}>
      {children}
      <div className={styles.toasts} role="status">
        {shown.map((toast) => <ToastView key={toast.id} toast={toast} onClose={remove} />)}
      </div>
    </ToastContext>
  );
}

function ToastView({ toast: { id, message, action }, onClose }: { toast: Shown; onClose: (id: number) => void }) {
  // It stays while somebody is at it.
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => {
      onClose(id);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [id, isHeld, onClose]);

  return (
    <div
      className={styles.toast}
      onPointerEnter={() => { setHeld(true); }}
      onPointerLeave={() => { setHeld(false); }}
      onFocus={() => { setHeld(true); }}
      onBlur={() => { setHeld(false); }}
    >
      <span>{message}</span>
      {action && (
        <Button
          onClick={() => {
            onClose(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <CloseButton onClose={() => { onClose(id); }} />
    </div>
  );
}
