function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

export const endpoint = new URL('/graphql', required('TALLYBOOK_URL'));

export const analyst = { email: required('TALLYBOOK_EMAIL'), password: required('TALLYBOOK_PASSWORD') };

/** Only admins delete records. */
export const admin = { email: required('TALLYBOOK_ADMIN_EMAIL'), password: required('TALLYBOOK_ADMIN_PASSWORD') };
