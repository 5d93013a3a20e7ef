import { text } from '../text/index.js';
import { clientOf } from './client.js';

/** What a session was begun with, in words. */
export function clientNameOf(userAgent: string | null): string {
  if (!userAgent) return text.settings.unknownClient;
  const { program, system } = clientOf(userAgent);
  return system ? text.settings.client(program, system) : program;
}
