import { useCallback, useEffect, useRef, useState } from 'react';
import { useChange } from '../../graphql/useChange.js';
import { type Format, UpdateImport } from './documents.js';
import { inputOf } from './format.js';

const PAUSE_MS = 400;

const written = (format: Format) => JSON.stringify(inputOf(format));

/** The format of an import while a person changes it: each change is sent after a short pause, one after the other. */
export function useDraft(id: string, saved: Format) {
  const { run, fieldProblems } = useChange(UpdateImport);
  const [draft, setDraft] = useState(saved);
  const [isSaving, setSaving] = useState(false);
  const latest = useRef(draft);
  const taken = useRef(written(saved));
  const refused = useRef<string | null>(null);
  const running = useRef<Promise<boolean> | null>(null);

  const send = useCallback(async (): Promise<boolean> => {
    setSaving(true);
    let wanted = written(latest.current);
    while (wanted !== taken.current && wanted !== refused.current) {
      const { problems } = await run({ id, format: inputOf(latest.current) });
      if (problems) refused.current = wanted;
      else [taken.current, refused.current] = [wanted, null];
      wanted = written(latest.current);
    }
    setSaving(false);
    return wanted === taken.current;
  }, [id, run]);

  /** Resolves to whether the server has the draft as it is. */
  const save = useCallback((): Promise<boolean> => {
    running.current ??= send().finally(() => {
      running.current = null;
    });
    return running.current;
  }, [send]);

  const change = useCallback((format: Format) => {
    latest.current = format;
    setDraft(format);
  }, []);

  useEffect(() => {
    const timer = setTimeout(() => void save(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [draft, save]);

  return { draft, change, save, isSaving, fieldProblems };
}
