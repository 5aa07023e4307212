/** `1 item`, `1,200 items`; `children` and their kind are given as a third. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
