/** `1 item`, `12 items`; `childs` and their kind are given as a third. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`
