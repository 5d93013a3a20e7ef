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

const RECORDS = `# The records themselves, newest first.
#
# The filter is in the variables below. Everything in it is
# optional, and each line narrows the list further:
#   kind, categories: ["Rent", "Travel"],
#   from and to (days), minAmount and maxAmount ("100.00"),
#   currency, search (text in the notes)
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
# amount is in the server's base currency.
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

export function starterTabs() {
  return [
    tab(DASHBOARD, { filter: {} }),
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
    tab(SIGN_IN, { input: { email: 'you@example.org', password: '' } }),
  ];
}

function tab(query, variables) {
  return { query, variables: JSON.stringify(variables, null, 2) };
}

function year() {
  return new Date().getFullYear();
}

function today() {
  const now = new Date();
  const twoDigits = (number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${twoDigits(now.getMonth() + 1)}-${twoDigits(now.getDate())}`;
}
