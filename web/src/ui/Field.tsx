import { type ComponentProps, type ReactNode, useId } from 'react';
import { classes } from './classes.js';
import styles from './ui.module.css';

type Wiring = { id: string; className: string | undefined; 'aria-invalid': boolean; 'aria-describedby': string | undefined };

type Around = {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with the value, in sentences. */
  problems?: readonly string[] | undefined;
};

/** A label, a control, and what is to be said about it. The control gets what `children` are called with. */
export function Field({ label, hint, problems = [], children }: Around & { children: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const hintId = `${id}-hint`;
  const problemsId = `${id}-problems`;
  const describedBy = classes(problems.length > 0 && problemsId, hint !== undefined && hintId);
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>{label}</label>
      {children({
        id,
        className: styles.input,
        'aria-invalid': problems.length > 0,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
      })}
      {problems.length > 0 && (
        <div id={problemsId} className={styles.problem}>
          {problems.map((problem) => <p key={problem}>{problem}</p>)}
        </div>
      )}
      {hint !== undefined && <p id={hintId} className={styles.hint}>{hint}</p>}
    </div>
  );
}

export function TextField({ label, hint, problems, ...input }: Around & ComponentProps<'input'>) {
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(wiring) => <input {...input} {...wiring} />}
    </Field>
  );
}

export function TextArea({ label, hint, problems, ...input }: Around & ComponentProps<'textarea'>) {
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(wiring) => <textarea {...input} {...wiring} />}
    </Field>
  );
}

export function SelectField({ label, hint, problems, ...select }: Around & ComponentProps<'select'>) {
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(wiring) => <select {...select} {...wiring} />}
    </Field>
  );
}

/** A choice without a visible label, as in a toolbar. */
export function Select({ label, className, ...select }: ComponentProps<'select'> & { label: string }) {
  return <select aria-label={label} {...select} className={classes(styles.select, className)} />;
}
