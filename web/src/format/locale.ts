/** The reader's locale: what their browser is set to. The app's own language does not matter here. */
export function readersLocale(): string {
  return navigator.language;
}
