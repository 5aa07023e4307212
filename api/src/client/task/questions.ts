import type { Connection } from '../server/connection.ts'
import { document } from '../server/document.ts'
import { pages } from '../server/pages.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { agoText, coloured, safeText } from '../terminal/text.ts'
import { shortId } from './id.ts'

interface Property {
  readonly type?: unknown
  readonly enum?: readonly unknown[]
}

interface Form {
  readonly title?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Property>>
}

/** A step that waits for somebody: a person with a form, or a system with an address. */
export interface Question {
  readonly no: number
  readonly name: string
  readonly form: Form | null
  readonly callback: {
    readonly url: string
    readonly expiresAt: string | null
    readonly calledAt: string | null
  } | null
}

export const questionsDocument = document<
  {
    task: {
      readonly steps: {
        readonly edges: readonly { readonly node: Question }[]
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
      }
    } | null
  },
  { id: string; after: string | null }
>(`
  query CliQuestions($id: ID!, $after: String) {
    task(id: $id) {
      steps(first: 25, after: $after, states: ["WAITING"]) {
        edges { node { no name form callback { url expiresAt calledAt } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`)

/** More are not told: a loop may ask a thousand times. */
const shownMax = 50

/** What steps of a task wait for from outside now. */
export async function openQuestions(connection: Connection, id: string): Promise<Question[]> {
  const nothing = { edges: [], pageInfo: { hasNextPage: false, endCursor: null } }
  const page = async (after: string | null) =>
    (await connection.query(questionsDocument, { id, after })).task?.steps ?? nothing
  const found: Question[] = []
  for await (const question of pages(page, shownMax))
    if (question.form !== null || (question.callback !== null && question.callback.calledAt === null))
      found.push(question)
  return found
}

/** `host=… [size=…]`: what an answer is made of; undefined where only JSON will do. */
function fieldsOf({ properties = {}, required = [] }: Form): string | undefined {
  const names = Object.keys(properties)
  if (names.length === 0) return undefined
  return names.map((name) => (required.includes(name) ? `${name}=…` : `[${name}=…]`)).join(' ')
}

function kindOf({ type, enum: values }: Property): string {
  if (values !== undefined) return `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`
  return typeof type === 'string' ? type : 'anything'
}

/** Each open question with how it is answered. */
export function printQuestions(terminal: Terminal, id: string, questions: readonly Question[]): void {
  for (const { name, form, callback } of questions) {
    terminal.print('')
    if (form !== null) printForm(terminal, id, name, form)
    else if (callback !== null) {
      const until =
        callback.expiresAt === null
          ? ''
          : `, until ${callback.expiresAt} (${agoText(callback.expiresAt, terminal.nowMs)})`
      terminal.print(`${coloured(safeText(name), 'bold')} waits for a call from outside${until}:`)
      terminal.print(`  curl -X POST -H 'content-type: application/json' -d '{}' '${safeText(callback.url)}'`)
    }
  }
}

function printForm(terminal: Terminal, id: string, name: string, form: Form): void {
  terminal.print(`${coloured(safeText(name), 'bold')} asks: ${safeText(form.title ?? 'for an answer')}`)
  for (const [field, property] of Object.entries(form.properties ?? {})) {
    const needed = form.required?.includes(field) ? ', needed' : ''
    terminal.print(`  ${safeText(field)}: ${safeText(kindOf(property))}${needed}`)
  }
  const step = /^[\w.-]+$/.test(name) ? name : JSON.stringify(name)
  terminal.print(`  stint task answer ${shortId(id)} ${step} ${fieldsOf(form) ?? "--json '…'"}`)
}
