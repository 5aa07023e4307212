import type { Template } from '@stint/schema/template-types'
import type { App } from '../../base/app.ts'
import { type Actor, can } from '../access/model.ts'
import { readSettings } from '../settings/read.ts'
import type { TaskEngine, TaskRow } from './model.ts'
import { consoleHints, consoleRows, type Row } from './store/console.ts'

/** The rows of one task as they stand, for whoever looks for what went wrong below. */
export interface TaskConsole {
  readonly task: Row
  readonly steps: readonly Row[]
  readonly signals: readonly Row[]
  readonly timers: readonly Row[]
  readonly holds: readonly Row[]
  readonly waits: readonly Row[]
  readonly hints: readonly Row[]
  readonly executor: Row | null
  /** The steps of what it runs and what they wait for, a line each. */
  readonly plan: string
}

/** Administrators have the permission; where the setting lets others in, whoever may command any task. */
async function mayLook(app: App, actor: Actor | undefined): Promise<boolean> {
  const { enable_console: isOn, console_require_admin: onlyAdmins } = await readSettings(app)
  return isOn && (can(actor, 'console') || (!onlyAdmins && can(actor, 'task.command')))
}

/** Undefined for those who may not look; the task itself they see. */
export async function readConsole(
  { app, engine }: { readonly app: App; readonly engine: TaskEngine },
  actor: Actor | undefined,
  task: TaskRow,
): Promise<TaskConsole | undefined> {
  if (!(await mayLook(app, actor))) return undefined
  const [rows, hints, values] = await Promise.all([
    consoleRows(app.sql, task.id, task.executorId),
    consoleHints(app.sql, task.id),
    engine.reader.values(task),
  ])
  return { ...rows, hints, plan: planText(values?.definition) }
}

function planText(template: Template | undefined): string {
  if (template === undefined) return ''
  const names = template.steps.map(({ name }) => name.length)
  const width = Math.min(40, Math.max(0, ...names))
  return template.steps
    .map(({ name, action, dependencies, foreach, customStates }, no) => {
      const on = dependencies.map(({ step, states }) => `${step}:${states.join(',')}`).join(' ')
      const more = [
        on && `after ${on}`,
        foreach !== undefined && 'for each item',
        customStates.length > 0 && `may end as ${customStates.join(', ')}`,
      ].filter((text) => typeof text === 'string' && text !== '')
      return [String(no).padStart(4), name.padEnd(width), action.type, ...more].join('  ')
    })
    .join('\n')
}
