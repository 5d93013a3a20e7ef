// Files that were chosen in this tab, by the import that they are for. A reload forgets them: no page may keep a file.

import { useSyncExternalStore } from 'react';
import type { Question } from './documents.js';

/** How much of a file is looked at here, for its columns and categories. */
export const LOOKED_AT_BYTES = 4 * 1024 * 1024;
/** How much of it the server takes to suggest a format. */
const SAMPLE_BYTES = 64 * 1024;

export type ChosenFile = {
  file: File;
  bytes: Uint8Array;
  /** What the file leaves open. */
  questions: readonly Question[];
};

const kept = new Map<string, ChosenFile>();
const listeners = new Set<() => void>();

/** Where a file is that has no import yet. */
export const NEW = 'new';

export function keepFile(id: string, chosen: ChosenFile): void {
  kept.set(id, chosen);
  for (const listener of listeners) listener();
}

export function dropFile(id: string): void {
  kept.delete(id);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useFile(id: string): ChosenFile | null {
  return useSyncExternalStore(subscribe, () => kept.get(id) ?? null);
}

/** Reads the beginning of a file; fails where the file is gone, or may not be read. */
export async function openFile(file: File): Promise<ChosenFile> {
  return { file, bytes: new Uint8Array(await file.slice(0, LOOKED_AT_BYTES).arrayBuffer()), questions: [] };
}

/** The first bytes of a file in Base64. */
export function sampleOf(bytes: Uint8Array): string {
  let letters = '';
  for (const byte of bytes.subarray(0, SAMPLE_BYTES)) letters += String.fromCharCode(byte);
  return btoa(letters);
}
