interface CopiedTask {
  readonly uuid: string
}

interface Copy {
  readonly title: string
  readonly text: (task: CopiedTask, origin: string) => string
}

const query = (task: CopiedTask) => `query {
  task(id: "${task.uuid}") {
    title
    state
    result
    progress
    errorSummary
    steps(first: 100) {
      edges {
        node {
          name
          state
          errorSummary
        }
      }
    }
  }
}`

// A single quote inside single quotes: end them, an escaped one, begin them again.
const shellQuote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

function curl(task: CopiedTask, origin: string): string {
  const body = JSON.stringify({ query: query(task).replaceAll(/\s+/g, ' ') })
  return [
    `curl -sS ${shellQuote(`${origin}/graphql`)}`,
    `-H "Authorization: Bearer $STINT_TOKEN"`,
    `-H 'Content-Type: application/json'`,
    `-d ${shellQuote(body)}`,
  ].join(' \\\n  ')
}

/** The same page for those who go on in a shell or a script. */
export const copies: readonly Copy[] = [
  { title: 'CLI', text: (task) => `stint task show ${task.uuid}` },
  { title: 'curl', text: curl },
  { title: 'GraphQL', text: query },
]
