const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  // In this order: most of them also call themselves what comes later.
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bCriOS\/|Chrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** What a browser calls itself, as program and system; another program as it says itself. */
export function clientOf(userAgent: string): { program: string; system: string | null } {
  const find = (names: typeof PROGRAMS) => names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  const program = find(PROGRAMS);
  return program ? { program, system: find(SYSTEMS) } : { program: userAgent, system: null };
}
