import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { type FieldProblems, otherProblems } from '../../graphql/errors.js';
import { formatCount } from '../../format/index.js';
import { text } from '../../text/index.js';
import { Button, Card, TextField, ui, VisuallyHidden } from '../../ui/index.js';
import { formatBytes } from './bytes.js';
import { CategoryNames, type Format } from './documents.js';
import { FilePicker } from './FilePicker.js';
import { type ChosenFile, keepFile, LOOKED_AT_BYTES } from './files.js';
import { CATEGORY_LIST } from './FormatFields.js';
import styles from './import.module.css';
import { formatProblems } from './refused.js';
import { categoriesOf, tableOf } from './table.js';

const { categories: words } = text.imports;

type Props = {
  id: string;
  chosen: ChosenFile | null;
  draft: Format;
  problems: FieldProblems;
  onChange: (format: Format) => void;
  onBack: () => void;
  onNext: () => void;
};

/** What each category of the file is called in the books. */
export function CategoriesStep({ id, chosen, draft, problems, onChange, onBack, onNext }: Props) {
  const { category, categoryColumns, encoding, headerLine, headerText, quotes, separator } = draft;
  // Other changes of the format, such as each letter of a name, need no other look at the file.
  const table = useMemo(
    () => chosen && tableOf(chosen.bytes, { encoding, headerLine, headerText, quotes, separator }),
    [chosen, encoding, headerLine, headerText, quotes, separator],
  );
  const inFile = useMemo(() => (table ? categoriesOf(table, { category, categoryColumns }) : []), [table, category, categoryColumns]);
  const listed = new Set(inFile.map(({ name }) => name));
  const rows = [
    ...inFile,
    ...draft.categories.filter(({ from }) => !listed.has(from)).map(({ from }) => ({ name: from, count: null })),
  ];
  const rename = (from: string, to: string) => {
    const others = draft.categories.filter((each) => each.from !== from);
    onChange({ ...draft, categories: to === '' ? others : [...others, { from, to }] });
  };
  const isOnlyOne = categoryColumns.length === 0;

  return (
    <Card title={words.title}>
      <div className={styles.stack}>
        {otherProblems(formatProblems(problems), []).map((message) => (
          <p key={message} className={ui.problem} role="alert">{message}</p>
        ))}
        {isOnlyOne
          ? <p>{category ? words.all(category) : words.none}</p>
          : <p className={styles.quiet}>{words.hint}</p>}
        {isOnlyOne && (
          <div className={styles.narrow}>
            <TextField
              label={text.imports.fields.category}
              list={CATEGORY_LIST}
              autoComplete="off"
              value={category ?? ''}
              onChange={({ target }) => { onChange({ ...draft, category: target.value === '' ? null : target.value }); }}
            />
          </div>
        )}
        {!isOnlyOne && !chosen && (
          <FilePicker label={text.imports.drop.chooseAgain} most={null} onChoose={(again) => { keepFile(id, again); }}>
            <p>{words.unknown}</p>
          </FilePicker>
        )}
        {!isOnlyOne && chosen && chosen.file.size > LOOKED_AT_BYTES && <p className={styles.quiet}>{words.partly(formatBytes(LOOKED_AT_BYTES))}</p>}
        {!isOnlyOne && rows.length > 0 && <Names rows={rows} draft={draft} onRename={rename} />}
        {!isOnlyOne && <AddName onAdd={rename} />}
      </div>
      <div className={ui.actions}>
        <Button look="primary" onClick={onNext}>{text.imports.next}</Button>
        <Button onClick={onBack}>{text.imports.back}</Button>
      </div>
    </Card>
  );
}

type NamesProps = { rows: readonly { name: string; count: number | null }[]; draft: Format; onRename: (from: string, to: string) => void };

function Names({ rows, draft, onRename }: NamesProps) {
  const [{ data }] = useQuery({ query: CategoryNames, requestPolicy: 'cache-first' });
  const categories = data?.categories;
  const known = new Set(categories?.nodes.map(({ name }) => folded(name)));
  const isAllKnown = categories !== undefined && categories !== null && categories.totalCount <= categories.nodes.length;
  return (
    <div className={ui.scroll}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th scope="col">{words.inFile}</th>
            <th scope="col" className={ui.number}>{words.rows}</th>
            <th scope="col">{words.inBooks}</th>
            <th scope="col"><VisuallyHidden>{words.known}</VisuallyHidden></th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, count }) => {
            const to = draft.categories.find(({ from }) => from === name)?.to ?? '';
            const isKnown = known.has(folded(to || name));
            return (
              <tr key={name}>
                <th scope="row" className={styles.categoryName}>{name}</th>
                <td className={ui.number}>{count !== null && formatCount(count)}</td>
                <td>
                  <input
                    className={ui.input}
                    aria-label={words.toOf(name)}
                    list={CATEGORY_LIST}
                    autoComplete="off"
                    placeholder={name}
                    value={to}
                    onChange={({ target }) => { onRename(name, target.value); }}
                  />
                </td>
                <td className={styles.quiet}>{isKnown ? words.isKnown : isAllKnown && words.isNew}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Names of categories that differ only in case or spacing are the same. */
function folded(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');
}

function AddName({ onAdd }: { onAdd: (from: string, to: string) => void }) {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  return (
    <details className={styles.more}>
      <summary>{words.add}</summary>
      <form
        className={styles.addName}
        onSubmit={(event) => {
          event.preventDefault();
          if (from.trim() === '' || to.trim() === '') return;
          onAdd(from.trim(), to.trim());
          setFrom('');
          setTo('');
        }}
      >
        <TextField label={words.addFrom} value={from} onChange={({ target }) => { setFrom(target.value); }} />
        <TextField label={words.addTo} list={CATEGORY_LIST} autoComplete="off" value={to} onChange={({ target }) => { setTo(target.value); }} />
        <Button type="submit">{text.imports.format.add}</Button>
      </form>
    </details>
  );
}
