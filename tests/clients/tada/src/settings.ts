function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

export const endpoint = new URL('/graphql', required('TALLYBOOK_URL'));

export const analyst = { email: required('TALLYBOOK_EMAIL'), password: required('TALLYBOOK_PASSWORD') };
