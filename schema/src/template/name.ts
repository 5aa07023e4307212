/** Names of templates are compared trimmed and in lower case, as in µTask: `Hello-World` is `hello-world`. */
export function normalisedName(name: string): string {
  return name.trim().toLowerCase()
}

/** Configuration items as µTask's configstore compares them: in any case, `-` and `_` are the same. */
export function itemName(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '-')
}
