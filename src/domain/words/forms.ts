/** A count with its noun. */
export const n = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
export const credits = (count: number): string => n(count, 'credit');
export const list = (
  values: readonly (string | number)[],
  type: 'disjunction' | 'conjunction' = 'disjunction',
): string => new Intl.ListFormat('en', { type }).format(values.map(String));

/** A moment in words, in a time zone: `Mon 30 Nov, 00:00 UTC`. `at` is Unix milliseconds. */
export function moment(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(at);
}

/** A day in words, with its year, in a time zone: `Mon 30 Nov 2026`. `at` is Unix milliseconds. */
export function day(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone },
  })
    .format(at)
    .replaceAll(',', '');
}

/** 1st, 2nd, 3rd. */
export const nth = (place: number): string => {
  const rule = new Intl.PluralRules('en', { type: 'ordinal' }).select(place);
  return `${place}${{ one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' }[rule]}`;
};

/** What each film of a challenge has to be; what is left out is free. */
export interface FilmTerms {
  seconds: number | undefined;
  model: string | undefined;
  shape: string | undefined;
}
/** The same, in words. */
export function filmTerms({ seconds, model, shape }: FilmTerms): string {
  const terms = [
    ...(seconds === undefined ? [] : [n(seconds, 'second')]),
    ...(model === undefined ? [] : [`made by ${model}`]),
    ...(shape === undefined ? [] : [shape]),
  ];
  return list(terms, 'conjunction');
}
