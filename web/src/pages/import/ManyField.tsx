import { useId, useState } from 'react';
import { text } from '../../text/index.js';
import { Button, Chip, classes, ui } from '../../ui/index.js';
import styles from './import.module.css';

const { format: words } = text.imports;

type Props = {
  label: string;
  hint?: string | undefined;
  problems?: readonly string[] | undefined;
  values: readonly string[];
  /** What can be added, beside what is there. */
  options: readonly string[];
  /** Whether a text that is not among the options can be added. */
  isOpen?: boolean;
  addLabel: string;
  onChange: (values: string[]) => void;
};

/** Several values in an order: chips that go with one click, and a list to add from. */
export function ManyField({ label, hint, problems = [], values, options, isOpen = false, addLabel, onChange }: Props) {
  const id = useId();
  const [other, setOther] = useState('');
  const left = options.filter((option) => !values.includes(option));
  const addOther = () => {
    const value = other.trim();
    if (value !== '' && !values.includes(value)) onChange([...values, value]);
    setOther('');
  };

  return (
    <div className={styles.many} role="group" aria-labelledby={id} aria-describedby={problems.length > 0 ? `${id}-problems` : undefined}>
      <span id={id} className={ui.label}>{label}</span>
      {values.length > 0 && (
        <ul className={styles.chips}>
          {values.map((value) => (
            <li key={value}>
              <Chip
                remove={{
                  label: words.remove(shown(value), label),
                  run: () => { onChange(values.filter((each) => each !== value)); },
                }}
              >
                {shown(value)}
              </Chip>
            </li>
          ))}
        </ul>
      )}
      {left.length > 0 && (
        <select
          className={ui.input}
          aria-label={addLabel}
          value=""
          onChange={(event) => { onChange([...values, left[Number(event.target.value)] ?? '']); }}
        >
          <option value="" disabled>{isOpen ? words.addValueShort : words.addColumnShort}</option>
          {left.map((option, at) => <option key={option} value={String(at)}>{shown(option)}</option>)}
        </select>
      )}
      {isOpen && (
        <div className={styles.addOther}>
          <input
            className={ui.input}
            aria-label={words.other(label)}
            value={other}
            onChange={(event) => { setOther(event.target.value); }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              addOther();
            }}
          />
          <Button disabled={other.trim() === ''} onClick={addOther}>{words.add}</Button>
        </div>
      )}
      {problems.length > 0 && (
        <div id={`${id}-problems`} className={classes(ui.problem)}>{problems.map((problem) => <p key={problem}>{problem}</p>)}</div>
      )}
      {hint !== undefined && <p className={ui.hint}>{hint}</p>}
    </div>
  );
}

function shown(value: string): string {
  return value === '' ? words.emptyCell : value;
}
