export const common = {
  cancel: 'Cancel',
  close: 'Close',
  expense: 'Expense',
  expenses: 'Expenses',
  income: 'Income',
  net: 'Net',
  keepMine: 'Keep mine',
  loading: 'Loading…',
  optional: 'optional',
  paidBack: 'paid back',
  refund: 'refund',
  requestId: 'Request',
  save: 'Save',
  takeTheirs: 'Take theirs',
  theirsAndYours: (theirs: string, yours: string) => `theirs ${theirs} · yours ${yours}`,
  tryAgain: 'Try again',
  undo: 'Undo',
  unreachable: 'The server cannot be reached.',
  roles: { ADMIN: 'Admin', ANALYST: 'Analyst', VIEWER: 'Viewer' },
  characters: (count: number) => `${String(count)} ${count === 1 ? 'character' : 'characters'}`,
  records: (count: number, formatted: string) => `${formatted} ${count === 1 ? 'record' : 'records'}`,
  amountProblems: {
    empty: 'Enter an amount.',
    notANumber: 'This is not an amount.',
    ambiguous: (example: string) => `This can be read in two ways. Write it like ${example}.`,
    tooPrecise: (currency: string, digits: number) => (
      digits === 0 ? `${currency} has no decimal places.`
      : digits === 1 ? `${currency} has one decimal place.`
      : `${currency} has ${String(digits)} decimal places.`
    ),
  },
};
