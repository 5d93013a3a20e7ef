import { useCallback } from 'react';
import { useChange } from '../../graphql/useChange.js';
import { text } from '../../text/index.js';
import { useToast } from '../../ui/index.js';
import { UnmergeCategory } from './documents.js';
import type { MergedCategory } from './useMerged.js';

const words = text.categories.merged;

/** Undoes a merge, and says how that went. */
export function useUnmerge(onDone: () => void): (merged: MergedCategory) => Promise<void> {
  const { run } = useChange(UnmergeCategory);
  const toast = useToast();
  return useCallback(async ({ id, name }: MergedCategory) => {
    const { problems } = await run({ id });
    const [problem] = problems ?? [];
    toast({ message: problem?.message ?? words.undone(name) });
    onDone();
  }, [onDone, run, toast]);
}
