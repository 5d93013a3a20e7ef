type Problem = { message: string; extensions?: { field?: string } };

/** The messages of each field of a form, by its path in `input`; under `''`, what is about no field. */
export function messagesByField(errors: readonly Problem[]): Map<string, string[]> {
  const messages = new Map<string, string[]>();
  for (const { message, extensions } of errors) {
    const field = extensions?.field?.replace(/^input\./, '') ?? '';
    messages.set(field, [...(messages.get(field) ?? []), message]);
  }
  return messages;
}
