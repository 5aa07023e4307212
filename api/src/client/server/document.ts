/**
 * A GraphQL operation and the types of what goes in and comes out. Written by hand, because the command line must start
 * quickly and needs no client library; a test checks every one of them against the printed schema.
 */
export interface Document<Data, Variables> {
  readonly text: string
  /** Only for the compiler; never there. */
  readonly types?: (variables: Variables) => Data
}

export function document<Data, Variables = Record<string, never>>(text: string): Document<Data, Variables> {
  return { text }
}
