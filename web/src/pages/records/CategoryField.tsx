import { type ComponentProps, useDeferredValue, useId } from 'react';
import { useQuery } from 'urql';
import { TextField } from '../../ui/index.js';
import { CategoryNames } from './documents.js';

type Props = ComponentProps<typeof TextField> & { value: string };

/** The name of a category: those that there are are suggested, another one may be typed. */
export function CategoryField({ value, ...field }: Props) {
  const id = useId();
  const search = useDeferredValue(value.trim());
  const [{ data, stale }] = useQuery({ query: CategoryNames, variables: { search: search.slice(0, 100) } });
  const names = data?.categories?.nodes.map(({ name }) => name) ?? [];
  return (
    <>
      <TextField {...field} value={value} list={id} autoComplete="off" maxLength={100} aria-busy={stale} />
      <datalist id={id}>
        {names.map((name) => <option key={name} value={name} />)}
      </datalist>
    </>
  );
}
