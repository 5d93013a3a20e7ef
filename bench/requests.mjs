// What is asked of the server, and what the database itself says of the dashboard.

/** The five years up to the end of last month, and the 90 days of a list. */
export function ranges(today = new Date()) {
  const text = (date) => date.toISOString().slice(0, 10);
  const end = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 0));
  const start = new Date(Date.UTC(end.getUTCFullYear() - 5, end.getUTCMonth() + 1, 1));
  const recent = new Date(end.getTime() - 89 * 86_400_000);
  return { start: text(start), recent: text(recent), end: text(end), today: text(today) };
}

const SUMS = 'income { amount } expenses { amount } net { amount } recordCount';
const RECORD = 'id kind amount { amount currency } category { name } date notes';
const LIST = (more, record) => `query List($filter: RecordFilter) { records(filter: $filter, first: 20) {
  ${more} nodes { ${record} } pageInfo { hasNextPage endCursor } } }`;

/** The requests of each operation; where there are several, they take turns. */
export function requests(ids, { start, recent, end, today }) {
  const filter = { kind: 'EXPENSE', categories: ['Travel'], from: recent, to: end };
  const create = (category) => ({
    query: 'mutation Create($input: CreateRecordInput!) { createRecord(input: $input) { record { id version } } }',
    variables: { input: { kind: 'EXPENSE', amount: '12.34', category, date: today, notes: 'Entered by the benchmark' } },
  });
  return {
    me: [{ query: 'query Me { me { id name email role } }' }],
    record: ids.map((id) => ({
      query: `query Record($id: ID!) { record(id: $id) { ${RECORD} version createdAt } }`,
      variables: { id },
    })),
    recordWithCreator: ids.map((id) => ({
      query: `query Record($id: ID!) { record(id: $id) { ${RECORD} version createdAt createdBy { id name } } }`,
      variables: { id },
    })),
    list: [{ query: LIST('', RECORD), variables: { filter } }],
    listWithCreator: [{ query: LIST('', `${RECORD} createdBy { id name }`), variables: { filter } }],
    listWithCount: [{ query: LIST('totalCount', RECORD), variables: { filter } }],
    dashboard: [
      {
        query: `query Dashboard($filter: DashboardFilter) { dashboard(filter: $filter) {
          summary { ${SUMS} } categories { category { name } ${SUMS} share }
          recent { id kind amount { amount } category { name } date } trends { from to ${SUMS} } } }`,
        variables: { filter: { from: start, to: end } },
      },
    ],
    createInOneCategory: [create('Travel')],
    createInFifteen: Array.from({ length: 15 }, (_, n) => create(`Category ${n + 1}`)),
  };
}

/** The same dashboard by adding the records up, as PostgreSQL and SQLite both take it. */
export function groupBy({ start, end }, isSqlite) {
  const month = isSqlite ? "strftime('%Y-%m', date)" : "to_char(date, 'YYYY-MM')";
  const range = `deleted_at IS NULL AND currency = 'USD' AND date >= '${start}' AND date <= '${end}'`;
  return {
    categories: `SELECT c.name, r.kind, SUM(r.amount_minor), COUNT(*) FROM records r JOIN categories c ON c.id = r.category_id WHERE r.${range.replaceAll(' AND ', ' AND r.')} GROUP BY c.name, r.kind ORDER BY 1, 2`,
    trends: `SELECT ${month}, kind, SUM(amount_minor), COUNT(*) FROM records WHERE ${range} GROUP BY 1, 2 ORDER BY 1, 2`,
    recent: `SELECT r.date, r.amount_minor, c.name FROM records r JOIN categories c ON c.id = r.category_id WHERE r.${range.replaceAll(' AND ', ' AND r.')} ORDER BY r.date DESC, r.id DESC LIMIT 5`,
  };
}

/** The figures of an answered dashboard, in the rows of [`groupBy`]. */
export function rowsOf(dashboard) {
  const minor = (money) => money.amount.replace('.', '').replace(/^0+(?=\d)/, '');
  const rows = (name, { income, expenses }) =>
    [['EXPENSE', expenses], ['INCOME', income]].map(([kind, sum]) => `${name}|${kind}|${minor(sum)}`);
  return {
    categories: dashboard.categories.flatMap((it) => rows(it.category.name, it)).filter((row) => !row.endsWith('|0')).sort(),
    trends: dashboard.trends.flatMap((it) => rows(it.from.slice(0, 7), it)).filter((row) => !row.endsWith('|0')).sort(),
    recent: dashboard.recent.map((it) => `${it.date}|${minor(it.amount)}|${it.category.name}`),
    count: dashboard.summary.recordCount,
  };
}
