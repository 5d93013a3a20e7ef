import { useQuery } from 'urql';
import { all } from '../../app/search.js';
import { text } from '../../text/index.js';
import { Chip } from '../../ui/index.js';
import { useOrganization } from '../../session/organization.js';
import { chipsOf } from './chips.js';
import { NamesQuery } from './documents.js';
import type { RecordsSearch } from './search.js';
import styles from './records.module.css';

const words = text.records.filter;

/** Each filter, which goes with one click. */
export function FilterChips({ search, onChange }: { search: RecordsSearch; onChange: (changes: Partial<RecordsSearch>) => void }) {
  const ids = [...all(search.categoryId), ...all(search.createdBy), ...all(search.importId)].slice(0, 100);
  const [{ data }] = useQuery({ query: NamesQuery, variables: { ids }, pause: ids.length === 0, requestPolicy: 'cache-first' });
  const names = new Map<string, string>();
  for (const node of data?.nodes ?? []) {
    if (node?.__typename === 'Import') names.set(node.id, node.filename);
    else if (node?.__typename === 'User' || node?.__typename === 'Category') names.set(node.id, node.name);
  }
  const chips = chipsOf(search, (id) => names.get(id), useOrganization()?.baseCurrency ?? '');
  if (chips.length === 0) return null;
  return (
    <ul className={styles.chips} aria-label={words.chips}>
      {chips.map(({ key, label, without }) => (
        <li key={key}>
          <Chip remove={{ label: words.remove(label), run: () => { onChange(without); } }}>{label}</Chip>
        </li>
      ))}
    </ul>
  );
}
