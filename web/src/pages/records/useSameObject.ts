import { useMemo } from 'react';

/** The same object as long as its content is the same, so that it can be what an effect or a query goes by. */
export function useSameObject<Value extends object>(value: Value): Value {
  const written = JSON.stringify(value);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- The text says all that the object does.
  return useMemo(() => value, [written]);
}
