import { exitCodes, inputsError, usageError } from '../exit.ts'
import { document } from '../server/document.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { line, type TaskLine } from './documents.ts'
import { findStep, findTaskId } from './id.ts'
import { printTask } from './list.ts'

type AnswerResult =
  | ({ readonly __typename: 'Task' } & TaskLine)
  | {
      readonly __typename: 'InputProblem'
      readonly message: string
      readonly fields: readonly { readonly name: string; readonly message: string }[]
    }

const answerDocument = document<
  { answerInput: AnswerResult },
  { input: { taskId: string; stepNo: number; answer: unknown } }
>(`
  mutation CliAnswer($input: AnswerInputInput!) {
    answerInput(input: $input) {
      __typename
      ... on Task { ${line} }
      ... on InputProblem { message fields { name message } }
    }
  }`)

interface FormProperty {
  readonly type?: unknown
}

const formDocument = document<
  {
    task: {
      step: { form: { properties?: Record<string, FormProperty>; title?: string } | null } | null
    } | null
  },
  { id: string; no: number }
>(`query CliForm($id: ID!, $no: Int!) { task(id: $id) { step(no: $no) { form } } }`)

/** `size=3` is a number where the form asks for one; everything that is no JSON is text. */
function fieldValue(text: string, property: FormProperty | undefined): unknown {
  if (property?.type === 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function answerOf(pairs: readonly string[], properties: Readonly<Record<string, FormProperty>>): unknown {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw usageError(`${JSON.stringify(pair)} is not key=value.`)
    const name = pair.slice(0, at)
    return [name, fieldValue(pair.slice(at + 1), properties[name])] as const
  })
  return Object.fromEntries(entries)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw usageError('--json must be JSON.', `For text: --json '"${text}"'`)
  }
}

/** `stint task answer`: what a step asks of a person. */
export async function answer(
  terminal: Terminal,
  text: string,
  step: string,
  pairs: readonly string[],
  { json }: { readonly json?: string },
): Promise<number> {
  if ((json === undefined) === (pairs.length === 0))
    throw usageError('Write the answer as key=value, or as --json.', 'stint task answer ID STEP host=db1')
  const taskId = await findTaskId(terminal.connection, text)
  const { no: stepNo } = await findStep(terminal.connection, taskId, step)
  const { task } = await terminal.connection.query(formDocument, { id: taskId, no: stepNo })
  const properties = task?.step?.form?.properties ?? {}
  const given = json === undefined ? answerOf(pairs, properties) : jsonOf(json)
  const { answerInput } = await terminal.connection.query(answerDocument, {
    input: { taskId, stepNo, answer: given },
  })
  if (answerInput.__typename === 'InputProblem') {
    throw inputsError(answerInput)
  }
  printTask(terminal, answerInput)
  return exitCodes.success
}
