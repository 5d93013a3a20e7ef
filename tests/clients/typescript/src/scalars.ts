// The schema's own scalars as strings that the compiler keeps apart: a Decimal is no BigInt, an Id no
// Date, and text becomes one of them only where this module has looked at it.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type BigInt = Branded<'BigInt'>;
export type CurrencyCode = Branded<'CurrencyCode'>;
export type Date = Branded<'Date'>;
export type DateTime = Branded<'DateTime'>;
export type Decimal = Branded<'Decimal'>;
export type Id = Branded<'Id'>;

function checked<Scalar extends string>(name: string, pattern: RegExp) {
  return (text: string): Scalar => {
    if (!pattern.test(text)) throw new TypeError(`${JSON.stringify(text)} is no ${name}.`);
    return text as Scalar;
  };
}

export const currencyCode = checked<CurrencyCode>('CurrencyCode', /^[A-Z]{3}$/);
export const date = checked<Date>('Date', /^\d{4}-\d{2}-\d{2}$/);
export const decimal = checked<Decimal>('Decimal', /^-?\d+(\.\d+)?$/);
