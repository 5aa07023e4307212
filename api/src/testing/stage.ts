import { checkInputs } from '@stint/schema/inputs'
import { type CheckedTemplate, checkTemplate } from '@stint/schema/template'
import { checkFunction } from '@stint/schema/template-function'
import type { TemplateFunction } from '@stint/schema/template-types'
import { systemClock } from '../base/clock.ts'
import { ActionRegistry } from '../engine/action.ts'
import { echoAction } from '../engine/actions/echo.ts'
import { waitAction } from '../engine/actions/wait.ts'
import type { Case, FollowUp } from '../engine/conformance/case.ts'
import { findSteps, type StepRow } from '../engine/store/step.ts'
import { findTasks } from '../engine/store/task.ts'
import { schemaProblem } from '../engine/template/json-schema.ts'
import { expressionProblem } from '../engine/values/expression.ts'
import { testDatabase } from './database.ts'
import { testEngine, testTask } from './engine.ts'
import { ScriptedActions } from './scripted-action.ts'

/** What configuration items the cases may read. */
const config = { site: { name: 'paris', ports: [80, 443] }, limit: 3 }

/** Labels of steps that this installation limits. */
const resourceLimits = new Map([['narrow', 2]])

/** One engine for all cases, and how they are played on it. */
export async function stage() {
  const database = await testDatabase()
  const scripted = new ScriptedActions()
  const registry = new ActionRegistry().add(echoAction).add(waitAction(systemClock)).add(scripted.action)
  const { engine, stop } = await testEngine(database, {
    registry,
    config: () => config,
    resourceLimits: () => resourceLimits,
  })
  const options = {
    actions: new Map(registry.all().map((action) => [action.type, action])),
    configItems: new Set(Object.keys(config)),
    schemaProblem,
    expressionProblem,
  }

  function check(played: Case): CheckedTemplate {
    const functions = new Map<string, TemplateFunction>()
    for (const text of played.functions ?? []) {
      const checked = checkFunction(JSON.stringify(text), { ...options, functions })
      if (!checked.function) return { findings: checked.findings }
      functions.set(checked.function.name, checked.function)
    }
    return checkTemplate(JSON.stringify(completed(played.template)), { ...options, functions })
  }

  /** Names of inputs that the template refuses. */
  function refusedInputs(played: Case): string[] {
    const { template } = check(played)
    return checkInputs(template?.inputs ?? [], played.input ?? {}).problems.map((problem) => problem.name)
  }

  async function create(played: Case): Promise<string> {
    const { template, findings } = check(played)
    if (!template) throw new Error(`the template is refused: ${JSON.stringify(findings)}`)
    const { resolverInput, approved = true } = played
    const { values: input } = checkInputs(template.inputs, played.input ?? {})
    const given = { input, isApproved: approved, ...(resolverInput && { resolverInput }) }
    const { id } = await engine.createTask(testTask(template, given))
    return id
  }

  /** Until the task is over, needs a person, or can do nothing before its time. */
  async function settle(id: string, isPatient: boolean): Promise<void> {
    for (let turns = 0; turns < 400; turns++) {
      if (await engine.waitForStop(id, turns < 3 ? 0.05 : 0.25)) return
      const [task] = await findTasks(database.sql, [id])
      if (task?.reason === 'approval') return
      if (task?.state !== 'running' || task.executorId !== null || task.reason === null) continue
      if (isPatient || !(await hurry(id))) return
    }
    throw new Error('the task does not come to an end')
  }

  /** Every time that is waited for has come; false when none is waited for. */
  async function hurry(id: string): Promise<boolean> {
    const due =
      await database.sql`update step set due_at = least(due_at, now()) where task_id = ${id} and due_at is not null`
    await database.sql`update timer set due_at = now() where task_id = ${id}`
    await database.sql`select pg_notify('stint_timers', '0')`
    return due.count > 0
  }

  async function follow(id: string, { do: kind, step, with: payload }: FollowUp): Promise<void> {
    const row = step === undefined ? undefined : (await steps(id)).find((each) => each.name === step)
    const stepNo = row && { stepNo: row.no }
    await engine.command(id, { kind, actor: 'tester', ...stepNo, ...(payload !== undefined && { payload }) })
  }

  function steps(id: string): Promise<StepRow[]> {
    return findSteps(database.sql, [id])
  }

  async function seen(id: string) {
    const [task] = await findTasks(database.sql, [id])
    const rows = await steps(id)
    const attempts = await engine.reader.lastAttempts(
      { id, templateId: null },
      rows.map((row) => row.no),
    )
    const values = await engine.reader.values({ id, templateId: null })
    const waits = await database.sql<{ stepNo: number; seconds: number }[]>`
      select step_no, extract(epoch from (data ->> 'dueAt')::timestamptz - at)::float8 as seconds
      from event where task_id = ${id} and kind = 'step' and data ? 'dueAt' order by seq`
    const runs = scripted.runs.get(id) ?? []
    return { task, rows, attempts, outcome: values?.outcome, waits, runs, most: scripted.most.get(id) ?? 0 }
  }

  return { check, refusedInputs, create, settle, follow, seen, stop }
}

export type Seen = Awaited<ReturnType<Awaited<ReturnType<typeof stage>>['seen']>>

/** What every template must say and no case is about. */
function completed(template: Case['template']): Record<string, unknown> {
  const steps = (template.steps ?? {}) as Record<string, Record<string, unknown>>
  const described = Object.entries(steps).map(([name, step]) => [name, { description: name, ...step }])
  return {
    name: 'case',
    description: 'a case',
    title_format: 'case',
    ...template,
    steps: Object.fromEntries(described),
  }
}
