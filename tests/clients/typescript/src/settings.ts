import type { Credentials } from './client.js';

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

/** Where the server is, and an analyst's account there. */
export function environment(): { url: string; credentials: Credentials } {
  return {
    url: required('TALLYBOOK_URL'),
    credentials: { email: required('TALLYBOOK_EMAIL'), password: required('TALLYBOOK_PASSWORD') },
  };
}
