import type { Template, TemplateInput, TemplateStep } from '@stint/schema/template-types'
import DataLoader from 'dataloader'
import type { AttemptKey, AttemptValues, StepRow, TaskEngine, TaskValues, Why } from './model.ts'

/** What stands in place of a secret, for everybody: whoever knows it does not need to read it here. */
const masked = '********'

/** Values of password inputs are replaced; inputs that the template does not know are kept as they are. */
export function maskInput(
  values: Readonly<Record<string, unknown>> | null,
  inputs: readonly TemplateInput[],
): Readonly<Record<string, unknown>> | null {
  if (values === null) return null
  const secret = new Set(inputs.filter((input) => input.type === 'password').map((input) => input.name))
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, secret.has(name) ? masked : value]),
  )
}

/** The step of the template that this row is; the items of a loop share their loop's. */
export function definitionOf(template: Template | undefined, step: StepRow): TemplateStep | undefined {
  return template?.steps[step.parentNo ?? step.no]
}

const attemptKeyOf = (key: AttemptKey) => `${key.taskId}/${key.stepNo}/${key.no}`
const stepKeyOf = (key: { taskId: string; stepNo: number }) => `${key.taskId}/${key.stepNo}`

/** Lives as long as a TaskReader: the encrypted values of what that one read, asked of the engine once per turn. */
export class ValueReader {
  readonly #why: DataLoader<string, Why | null>
  readonly #values: DataLoader<string, TaskValues>
  readonly #definitions: DataLoader<string, Template | undefined>
  readonly #attempts: DataLoader<AttemptKey, AttemptValues, string>
  readonly #items: DataLoader<{ taskId: string; stepNo: number }, unknown, string>

  constructor(engine: TaskEngine) {
    this.#why = new DataLoader(async (ids) => {
      const found = await engine.whyNotRunning(ids)
      return ids.map((id) => found.get(id) ?? null)
    })
    this.#values = new DataLoader(async (ids) => {
      const found = await engine.readTaskValues(ids)
      return ids.map((id) => found.get(id) ?? { input: null, resolverInput: null, outcome: null })
    })
    this.#definitions = new DataLoader(async (ids) => {
      const found = await engine.readDefinitions(ids)
      return ids.map((id) => found.get(id))
    })
    this.#attempts = new DataLoader((keys) => engine.readAttemptValues(keys), { cacheKeyFn: attemptKeyOf })
    this.#items = new DataLoader((keys) => engine.readItems(keys), { cacheKeyFn: stepKeyOf })
  }

  why(taskId: string): Promise<Why | null> {
    return this.#why.load(taskId)
  }

  definition(taskId: string): Promise<Template | undefined> {
    return this.#definitions.load(taskId)
  }

  /** Inputs with their secrets masked. */
  async task(taskId: string): Promise<TaskValues> {
    const [values, template] = await Promise.all([this.#values.load(taskId), this.#definitions.load(taskId)])
    return {
      input: maskInput(values.input, template?.inputs ?? []),
      resolverInput: maskInput(values.resolverInput, template?.resolverInputs ?? []),
      outcome: values.outcome,
    }
  }

  attempt(key: AttemptKey): Promise<AttemptValues> {
    return this.#attempts.load(key)
  }

  async item(step: StepRow): Promise<unknown> {
    if (step.itemIndex === null) return null
    return (await this.#items.load({ taskId: step.taskId, stepNo: step.no })) ?? null
  }
}
