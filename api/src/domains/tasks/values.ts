import type { Template, TemplateStep } from '@stint/schema/template-types'
import DataLoader from 'dataloader'
import type { App } from '../../base/app.ts'
import { type Why, whyNoneRuns } from '../../engine/why.ts'
import type { AttemptValues, StepQuestion, StepRow, TaskEngine, TaskRow, TaskValues } from './model.ts'
import type { TaskReader } from './read.ts'
import { type OpenQuestion, openQuestions } from './store/questions.ts'

interface StepKey {
  readonly task: TaskRow
  readonly stepNo: number
}

/** The step of the template that this row is; the items of a loop share their loop's. */
export function definitionOf(template: Template | undefined, step: StepRow): TemplateStep | undefined {
  return template?.steps[step.parentNo ?? step.no]
}

const stepKeyOf = ({ task, stepNo }: StepKey) => `${task.id}/${stepNo}`

type ReadSteps<V> = (task: TaskRow, stepNos: readonly number[]) => Promise<readonly V[]>

/** One question to the engine per task, whatever number of its steps was asked about. */
function bySteps<V extends { readonly stepNo: number }>(
  read: ReadSteps<V>,
): DataLoader<StepKey, readonly V[], string> {
  return new DataLoader<StepKey, readonly V[], string>(
    async (keys) => {
      const found = new Map<string, V[]>()
      const tasks = Map.groupBy(keys, ({ task }) => task.id)
      const reading = [...tasks.values()].map(async (ofTask) => {
        const [{ task }] = ofTask as [StepKey]
        const stepNos = ofTask.map(({ stepNo }) => stepNo)
        for (const values of await read(task, stepNos)) {
          const key = stepKeyOf({ task, stepNo: values.stepNo })
          found.set(key, [...(found.get(key) ?? []), values])
        }
      })
      await Promise.all(reading)
      return keys.map((key) => found.get(stepKeyOf(key)) ?? [])
    },
    { cacheKeyFn: stepKeyOf },
  )
}

/** Lives as long as a TaskReader: the sealed values of what that one read, asked of the engine as seldom as possible. */
export class ValueReader {
  readonly #tasks: TaskReader
  readonly #why: DataLoader<string, Why | undefined>
  readonly #values: DataLoader<TaskRow, TaskValues | undefined, string>
  readonly #attempts: DataLoader<StepKey, readonly AttemptValues[], string>
  readonly #lastAttempts: DataLoader<StepKey, readonly AttemptValues[], string>
  readonly #questions: DataLoader<StepKey, StepQuestion | undefined, string>
  readonly #open: DataLoader<{ taskId: string; stepNo: number }, OpenQuestion | undefined, string>

  constructor({ sql }: Pick<App, 'sql'>, { reader }: TaskEngine, tasks: TaskReader) {
    this.#tasks = tasks
    this.#why = new DataLoader(async (ids) => {
      const found = await whyNoneRuns(sql, ids)
      return ids.map((id) => found.get(id))
    })
    this.#values = new DataLoader((tasks) => Promise.all(tasks.map((task) => reader.values(task))), {
      cacheKeyFn: ({ id }) => id,
    })
    this.#attempts = bySteps((task, stepNos) => reader.attempts(task, stepNos))
    this.#lastAttempts = bySteps((task, stepNos) => reader.lastAttempts(task, stepNos))
    const keyOf = (key: { taskId: string; stepNo: number }) => `${key.taskId}/${key.stepNo}`
    this.#questions = new DataLoader(
      async (keys) => {
        const found = new Map((await reader.questions(keys)).map((row) => [keyOf(row), row]))
        return keys.map((key) => found.get(stepKeyOf(key)))
      },
      { cacheKeyFn: stepKeyOf },
    )
    this.#open = new DataLoader(
      async (keys) => {
        const found = new Map((await openQuestions(sql, keys)).map((row) => [keyOf(row), row]))
        return keys.map((key) => found.get(keyOf(key)))
      },
      { cacheKeyFn: keyOf },
    )
  }

  /** Nothing for a task that runs or is over. What it waits for is named only to those who may see that. */
  async why({ id, state, reason }: TaskRow): Promise<Why | undefined> {
    if (state === 'stopped' || (state === 'running' && reason === null)) return undefined
    const why = await this.#why.load(id)
    if (why?.taskId === undefined || (await this.#tasks.task(why.taskId)) !== undefined) return why
    return { code: why.code, sentence: 'Waits for a task that you may not see.' }
  }

  /** Inputs with their secrets masked, outcome, and what the task runs. */
  task(task: TaskRow): Promise<TaskValues | undefined> {
    return this.#values.load(task)
  }

  async attempt(task: TaskRow, stepNo: number, no: number): Promise<AttemptValues | undefined> {
    return (await this.#attempts.load({ task, stepNo })).find((values) => values.no === no)
  }

  async lastAttempt(task: TaskRow, stepNo: number): Promise<AttemptValues | undefined> {
    const [newest] = await this.#lastAttempts.load({ task, stepNo })
    return newest
  }

  /** What the step asks now or asked last; undefined for one that asks nothing. */
  question(task: TaskRow, stepNo: number): Promise<StepQuestion | undefined> {
    return this.#questions.load({ task, stepNo })
  }

  /** Is a person asked by this step now, and who? */
  openQuestion(key: { taskId: string; stepNo: number }): Promise<OpenQuestion | undefined> {
    return this.#open.load(key)
  }

  /** What a loop gave the step to work on; undefined for one that is no item of a loop. */
  async item(task: TaskRow, { parentNo, itemIndex }: StepRow): Promise<unknown> {
    if (parentNo === null || itemIndex === null) return undefined
    return (await this.lastAttempt(task, parentNo))?.items?.[itemIndex]
  }
}
