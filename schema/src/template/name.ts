/** Names of templates are compared trimmed and in lower case, as in µTask: `Hello-World` is `hello-world`. */
export function normalisedName(name: string): string {
  return name.trim().toLowerCase()
}
