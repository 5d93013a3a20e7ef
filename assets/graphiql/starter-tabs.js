// The worked examples a newcomer finds in the editor's tabs on the first visit.
// GraphiQL names a tab after the first operation in it.

const DASHBOARD = `# Welcome to Tallybook!
#
#   1. Sign in at the top of this page.
#   2. Press the green button, or Ctrl-Enter
#      (Cmd-Enter on a Mac).
#
# Amounts are exact decimals, written as strings.
#
# "filter" is in the variables below. Empty, it covers
# everything. For one year, with "previous" the year before:
#   { "from": "${year()}-01-01", "to": "${year()}-12-31" }

query Dashboard($filter: DashboardFilter) {
  dashboard(filter: $filter) {
    currency
    summary {
      income { amount }
      expenses { amount }
      net { amount currency }
      recordCount
    }
    previous {
      net { amount }
      recordCount
    }

    # Where the money goes. Ask for kind: INCOME to see where it comes from.
    categories(kind: EXPENSE, first: 5) {
      category { name }
      expenses { amount }
      recordCount
      share
    }

    recent(first: 5) {
      date
      kind
      category { name }
      amount { amount currency }
    }

    # Oldest first, without gaps. Also: DAY, WEEK, MONTH, YEAR.
    trends(interval: QUARTER) {
      from
      to
      income { amount }
      expenses { amount }
      net { amount }
      recordCount
    }
  }
}
`;

const DASHBOARD_CHANGED = `# The dashboard, now and whenever it changes. Run it, and
# enter a record in another window, or by another program:
# the answer changes by itself. The button ends it.
#
# "changed" tells which records changed. A program goes on
# with it after an interruption, and misses nothing.

subscription DashboardChanged($filter: DashboardFilter) {
  dashboardChanged(filter: $filter) {
    currency
    summary {
      income { amount }
      expenses { amount }
      net { amount currency }
      recordCount
    }
    recent(first: 5) {
      date
      kind
      category { name }
      amount { amount currency }
    }
  }
}
`;

const RECORDS = `# The records themselves, newest first.
#
# The filter is in the variables below. Everything in it is
# optional, and each line narrows the list further:
#   kind, categories: ["Rent", "Travel"],
#   from and to (days), minAmount and maxAmount ("100.00"),
#   currency, counterparty, search (words in notes,
#   counterparty and category)
#
# Next page: copy "endCursor" of the answer into "after".

query Records($filter: RecordFilter, $first: Int, $after: String) {
  records(
    filter: $filter
    orderBy: { field: DATE, direction: DESC }
    first: $first
    after: $after
  ) {
    totalCount
    nodes {
      id
      date
      kind
      amount { amount currency }
      category { name }
      counterparty
      notes
      createdBy { name }
      version
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const CREATE_RECORD = `# Enters a record. Analysts and admins may do this.
#
# The record is in the variables below. A category that does
# not exist yet is created. Without "currency" the
# amount is in the organization's base currency.
# A refund is an expense with an amount below zero.
#
# Run it twice: the second answer says "replayed": true and
# nothing new was entered, because the idempotency key is
# the same. That makes a retry safe. Change the key to
# enter another record.

mutation CreateRecord($input: CreateRecordInput!) {
  createRecord(input: $input) {
    replayed
    record {
      id
      date
      kind
      amount { amount currency }
      category { name }
      notes
      createdBy { name }
      version
    }
  }
}
`;

const CREATE_RECORDS = `# Enters up to 500 records at once: all of them, or none.
# With "onProblem": "SKIP", those without problems; for the
# others it says what is wrong. Here the last one's amount has
# more decimal places than its currency.
#
# "dryRun" only says what would become of them. Make it false
# to enter them.

mutation CreateRecords($input: CreateRecordsInput!) {
  createRecords(input: $input) {
    createdCount
    results {
      index
      record {
        id
        amount { amount currency }
        category { name }
      }
      problems { field message }
    }
  }
}
`;

const IMPORT = `# Brings in a file of records, such as a bank's export.
# Analysts and admins may do this.
#
#   1. SuggestFormat reads the beginning of the file (Base64)
#      and says how it would read it all. It asks where that
#      is not certain. Here it is "sample" in the variables.
#   2. CreateImport, with the format, answers an id and a path.
#   3. Send the file there, in a terminal:
#        curl -T bank.csv -H "authorization: Bearer <accessToken>" \\
#          "${location.origin}<uploadPath>"
#   4. Put the id into the variables. PreviewImport shows what
#      each row will become, or why not.
#   5. CommitImport enters the records. Those that an earlier
#      file had are left out. An admin can take it all back
#      with revertImport.
#
# "tallybook import bank.csv" does the same without a browser.

query SuggestFormat($sample: String!) {
  suggestImportFormat(sample: $sample) {
    format {
      encoding
      separator
      headerLine
      dateColumn
      dateForm
      amountColumn
      decimalSign
      counterpartyColumns
      notesColumns
    }
    questions { field message candidates }
  }
}

mutation CreateImport($create: CreateImportInput!) {
  createImport(input: $create) {
    import { id uploadPath state }
  }
}

query PreviewImport($id: ID!) {
  import(id: $id) {
    state
    counts { rows new alreadyImported zero pending problems }
    preview(first: 20) {
      line
      verdict
      record {
        date
        kind
        amount { amount currency }
        category
        counterparty
        notes
      }
      problems { column message }
    }
  }
}

mutation CommitImport($id: ID!) {
  commitImport(input: { id: $id }) {
    import { state enteredCount failure }
  }
}
`;

const EXPORT = `# Takes records out as a file: CSV, JSON_LINES or XLSX.
#
# The answer is the address of the file. Open it within five
# minutes; it works once. The filter is the one of "records".

mutation ExportRecords($input: ExportRecordsInput!) {
  exportRecords(input: $input) {
    url
    expiresAt
  }
}
`;

const ORGANIZATION = `# Whose books these are, and what may still be changed.

query Organization {
  organization {
    name
    baseCurrency
    financialYearStart
    weekStart
    closedThrough
    currencies(inUse: true) { code name fractionDigits recordCount }
    limits { maxRecordsAtOnce maxPageSize maxNotesLength maxImportBytes }
  }
}

# Closes the books through a day: after that, no record up to
# it can be entered, changed, deleted or restored, until an
# admin opens them again with reopenBooks.

mutation CloseBooks($input: CloseBooksInput!) {
  closeBooks(input: $input) {
    organization { closedThrough }
  }
}
`;

const SIGN_IN = `# Here the bar at the top does all of this: it signs you in,
# sends your token with every request, and renews it.
#
# In a program of your own, run SignIn once (its input is in
# the variables below; this page never saves a password) and
# send with every request the header
#
#   Authorization: Bearer <accessToken>
#
# At accessTokenExpiresAt, trade the refreshToken for new
# tokens with refreshSession. To end the session: logout.

mutation SignIn($input: LoginInput!) {
  login(input: $input) {
    accessToken
    accessTokenExpiresAt
    refreshToken
    user { name role }
  }
}

# Two operations in a tab: the button asks which one to run.

query WhoAmI {
  me {
    id
    name
    email
    role
  }
}
`;

const BANK_FILE = `Date;Payee;Text;Amount
17.11.2026;Harbour Ltd;Invoice 1042;1.200,00
24.11.2026;Papeterie Müller;Printer paper;-12,50
`;

export function starterTabs() {
  return [
    tab(DASHBOARD, { filter: {} }),
    tab(DASHBOARD_CHANGED, { filter: {} }),
    tab(RECORDS, { filter: { kind: 'EXPENSE' }, first: 10, after: null }),
    tab(CREATE_RECORD, {
      input: {
        kind: 'EXPENSE',
        amount: '12.50',
        category: 'Office',
        date: today(),
        notes: 'Printer paper',
        idempotencyKey: `example-${Date.now().toString(36)}`,
      },
    }),
    tab(CREATE_RECORDS, {
      input: {
        dryRun: true,
        onProblem: 'SKIP',
        records: [
          { kind: 'INCOME', amount: '1200.00', category: 'Consulting', date: today(), counterparty: 'Harbour Ltd' },
          { kind: 'EXPENSE', amount: '-4.20', category: 'Office', date: today(), notes: 'Refund for printer paper' },
          { kind: 'EXPENSE', amount: '9.999', category: 'Office', date: today() },
        ],
      },
    }),
    tab(IMPORT, {
      sample: base64(BANK_FILE),
      create: {
        filename: 'bank.csv',
        format: {
          separator: 'SEMICOLON',
          dateColumn: 'Date',
          dateForm: 'DAY_MONTH_YEAR',
          amountColumn: 'Amount',
          decimalSign: 'COMMA',
          counterpartyColumns: ['Payee'],
          notesColumns: ['Text'],
          category: 'Bank',
          currency: 'EUR',
        },
      },
      id: 'import_…',
    }),
    tab(EXPORT, { input: { format: 'CSV', filter: { from: `${year()}-01-01` } } }),
    tab(ORGANIZATION, { input: { through: `${year() - 1}-12-31`, reason: 'The accounts are audited.' } }),
    tab(SIGN_IN, { input: { email: 'you@example.org', password: '' } }),
  ];
}

function tab(query, variables) {
  return { query, variables: JSON.stringify(variables, null, 2) };
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function year() {
  return new Date().getFullYear();
}

function today() {
  const now = new Date();
  const twoDigits = (number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${twoDigits(now.getMonth() + 1)}-${twoDigits(now.getDate())}`;
}
