import { type Ref, useEffect, useRef, useState } from 'react';
import { text } from '../../text/index.js';
import styles from './records.module.css';

const WAIT_MS = 250;

type Props = { value: string; onChange: (value: string) => void; ref: Ref<HTMLInputElement> };

/** Searches while somebody types, a moment after the last letter. */
export function SearchBox({ value, onChange, ref }: Props) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);

  // The address changed from elsewhere: a chip, a link, the way back.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);

  useEffect(() => {
    if (typed === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = typed;
      onChange(typed);
    }, WAIT_MS);
    return () => { clearTimeout(timer); };
  }, [onChange, typed]);

  return (
    <input
      ref={ref}
      type="search"
      className={styles.search}
      aria-label={text.records.search}
      placeholder={text.records.searchHint}
      maxLength={100}
      value={typed}
      onChange={(event) => { setTyped(event.currentTarget.value); }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && typed !== '') {
          event.preventDefault();
          setTyped('');
        }
      }}
    />
  );
}
