// Every text that a person reads. Another language is a folder beside `en`, with the same type.

import { text as en } from './en/index.js';

export type Text = typeof en;

export const text: Text = en;
