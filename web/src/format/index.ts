export * from './calendar.js';
export * from './dates.js';
export * from './locale.js';
export * from './money.js';
export * from './parseAmount.js';
