import { useState } from 'react';
import { useQuery } from 'urql';
import { all } from '../../app/search.js';
import { editableAmount, parseAmount } from '../../format/index.js';
import { useCurrencies, useOrganization } from '../../session/organization.js';
import { isAtLeast } from '../../session/roles.js';
import { useViewer } from '../../session/SessionProvider.js';
import { text } from '../../text/index.js';
import { Button, Chip, Dialog, entered, SelectField, TextField, ui } from '../../ui/index.js';
import { amountSentence } from './amountSentence.js';
import { CategoryField } from './CategoryField.js';
import { People } from './documents.js';
import { localOf, momentOf } from './moments.js';
import styles from './records.module.css';
import { NO_FILTER, type RecordsSearch } from './search.js';

const words = text.records.filter;

type Props = { search: RecordsSearch; onApply: (changes: Partial<RecordsSearch>) => void; onClose: () => void };

/** All that a list can be narrowed by, also what is rare. */
export function FilterDialog({ search, onApply, onClose }: Props) {
  const viewer = useViewer();
  const isAdmin = isAtLeast(viewer.role, 'ADMIN');
  const organization = useOrganization();
  const currencies = useCurrencies();
  const [categories, setCategories] = useState(all(search.category));
  const [category, setCategory] = useState('');
  const [currency, setCurrency] = useState(all(search.currency)[0] ?? '');
  const [problems, setProblems] = useState<{ minAmount?: string; maxAmount?: string }>({});

  // What was typed last counts too, also without Enter.
  const withTyped = () => (category.trim() === '' ? categories : [...new Set([...categories, category.trim()])]);
  const addCategory = () => {
    setCategories(withTyped());
    setCategory('');
  };
  const amountsIn = currency === '' ? organization?.baseCurrency ?? '' : currency;
  const digits = currencies.find(({ code }) => code === amountsIn)?.fractionDigits ?? 2;

  const apply = (form: FormData) => {
    const parsed = (name: 'minAmount' | 'maxAmount') => {
      const written = entered(form, name);
      return written.trim() === '' ? { amount: undefined } : parseAmount(written, digits);
    };
    const [min, max] = [parsed('minAmount'), parsed('maxAmount')];
    if ('problem' in min || 'problem' in max) {
      setProblems({
        ...('problem' in min && { minAmount: amountSentence(min, amountsIn, digits) }),
        ...('problem' in max && { maxAmount: amountSentence(max, amountsIn, digits) }),
      });
      return;
    }
    const value = (name: string) => entered(form, name).trim() || undefined;
    const names = withTyped();
    const kind = value('kind');
    const deleted = value('deleted');
    onApply({
      kind: kind === 'INCOME' || kind === 'EXPENSE' ? kind : undefined,
      category: names.length > 0 ? names : undefined,
      from: value('from'),
      to: value('to'),
      // The dialog has one currency; more of them in the address stay unless another one is chosen.
      currency: currency === (all(search.currency)[0] ?? '') ? search.currency : currency || undefined,
      minAmount: min.amount,
      maxAmount: max.amount,
      counterparty: value('counterparty'),
      createdBy: value('createdBy') === (all(search.createdBy)[0] ?? undefined) ? search.createdBy : value('createdBy'),
      createdFrom: momentOf(entered(form, 'createdFrom')),
      createdTo: momentOf(entered(form, 'createdTo')),
      updatedFrom: momentOf(entered(form, 'updatedFrom')),
      updatedTo: momentOf(entered(form, 'updatedTo')),
      deleted: deleted === 'ONLY' || deleted === 'INCLUDE' ? deleted : undefined,
    });
    onClose();
  };

  return (
    <Dialog title={words.title} onClose={onClose}>
      <form
        className={ui.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          apply(new FormData(event.currentTarget));
        }}
      >
        <SelectField label={words.kind} name="kind" defaultValue={search.kind ?? ''} data-first>
          <option value="">{words.both}</option>
          <option value="INCOME">{words.income}</option>
          <option value="EXPENSE">{words.expenses}</option>
        </SelectField>
        <div className={styles.pair}>
          <TextField label={words.from} name="from" type="date" defaultValue={search.from} />
          <TextField label={words.to} name="to" type="date" defaultValue={search.to} />
        </div>
        <div className={styles.group}>
          <CategoryField
            label={words.categories}
            hint={words.categoriesHint}
            value={category}
            onChange={(event) => { setCategory(event.currentTarget.value); }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || category.trim() === '') return;
              event.preventDefault();
              addCategory();
            }}
          />
          {categories.length > 0 && (
            <ul className={styles.chips}>
              {categories.map((name) => (
                <li key={name}>
                  <Chip remove={{ label: words.removeCategory(name), run: () => { setCategories(categories.filter((other) => other !== name)); } }}>{name}</Chip>
                </li>
              ))}
            </ul>
          )}
        </div>
        <SelectField label={words.currency} value={currency} onChange={(event) => { setCurrency(event.currentTarget.value); }}>
          <option value="">{words.anyCurrency}</option>
          {currencies.map(({ code, name }) => <option key={code} value={code}>{`${code} · ${name}`}</option>)}
        </SelectField>
        <div className={styles.group}>
          <div className={styles.pair}>
            <TextField
              label={words.minAmount}
              name="minAmount"
              inputMode="decimal"
              defaultValue={editableAmount(search.minAmount ?? '')}
              problems={problems.minAmount === undefined ? undefined : [problems.minAmount]}
            />
            <TextField
              label={words.maxAmount}
              name="maxAmount"
              inputMode="decimal"
              defaultValue={editableAmount(search.maxAmount ?? '')}
              problems={problems.maxAmount === undefined ? undefined : [problems.maxAmount]}
            />
          </div>
          <p className={styles.soft}>{words.amountHint(amountsIn)}</p>
        </div>
        <TextField label={words.counterparty} hint={words.counterpartyHint} name="counterparty" maxLength={200} defaultValue={search.counterparty} />
        <Creator chosen={all(search.createdBy)[0] ?? ''} />
        <Moments legend={words.entered} names={['createdFrom', 'createdTo']} search={search} />
        <Moments legend={words.changed} names={['updatedFrom', 'updatedTo']} search={search} />
        {isAdmin && (
          <SelectField label={words.deleted} name="deleted" defaultValue={search.deleted ?? ''}>
            <option value="">{words.withoutDeleted}</option>
            <option value="INCLUDE">{words.withDeleted}</option>
            <option value="ONLY">{words.onlyDeleted}</option>
          </SelectField>
        )}
        <div className={ui.actions}>
          <Button type="submit" look="primary">{words.apply}</Button>
          <Button onClick={() => { onApply(NO_FILTER); onClose(); }}>{text.records.clearFilters}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Only admins have a list of users; everybody can look for what they entered themselves. */
function Creator({ chosen }: { chosen: string }) {
  const viewer = useViewer();
  const [{ data, fetching }] = useQuery({ query: People, pause: !isAtLeast(viewer.role, 'ADMIN') });
  const others = data?.users?.nodes.filter(({ id }) => id !== viewer.id) ?? [];
  const isUnknown = chosen !== '' && chosen !== viewer.id && !others.some(({ id }) => id === chosen);
  return (
    <SelectField key={String(fetching)} label={words.createdBy} name="createdBy" defaultValue={chosen}>
      <option value="">{words.anybody}</option>
      <option value={viewer.id}>{words.me(viewer.name)}</option>
      {isUnknown && <option value={chosen}>{words.somebody}</option>}
      {others.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
    </SelectField>
  );
}

type MomentField = 'createdFrom' | 'createdTo' | 'updatedFrom' | 'updatedTo';

function Moments({ legend, names: [from, to], search }: { legend: string; names: readonly [MomentField, MomentField]; search: RecordsSearch }) {
  return (
    <fieldset className={styles.group}>
      <legend>{legend}</legend>
      <TextField label={words.after} name={from} type="datetime-local" defaultValue={localOf(search[from])} />
      <TextField label={words.before} name={to} type="datetime-local" defaultValue={localOf(search[to])} />
    </fieldset>
  );
}
