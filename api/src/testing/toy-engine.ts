import { expect } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { ActionRegistry } from '../engine/action.ts'
import { echoAction } from '../engine/actions/echo.ts'
import { subtaskAction } from '../engine/actions/subtask.ts'
import { waitAction } from '../engine/actions/wait.ts'
import type { EngineOptions } from '../engine/engine-options.ts'
import type { NewTask } from '../engine/start.ts'
import { findSteps } from '../engine/store/step.ts'
import { findTasks } from '../engine/store/task.ts'
import { testDatabase } from './database.ts'
import { testEngine } from './engine.ts'
import { ToyActions } from './toy-actions.ts'

/** The toy actions beside the real ones that need nothing. */
export function toyRegistry(toys: ToyActions): ActionRegistry {
  return toys.register(
    new ActionRegistry().add(echoAction).add(waitAction(systemClock)).add(subtaskAction(systemClock)),
  )
}

/** An engine on a database of its own that knows the toy actions, and what tests ask of its tasks. */
export async function toyEngine(options: Partial<EngineOptions> = {}) {
  const database = await testDatabase()
  const toys = new ToyActions()
  const registry = toyRegistry(toys)
  const { engine, stop } = await testEngine(database, { registry, ...options })
  return {
    database,
    toys,
    registry,
    engine,
    stop,
    taskOf: async (id: string) => (await findTasks(database.sql, [id]))[0],
    /** Step name → state. */
    statesOf: async (id: string) =>
      Object.fromEntries((await findSteps(database.sql, [id])).map((step) => [step.name, step.state])),
    /** Creates a task and waits until it is over or needs a person. */
    ended: async (task: NewTask): Promise<string> => {
      const { id } = await engine.createTask(task)
      expect(await engine.waitForStop(id, 10)).toBe(true)
      return id
    },
  }
}

/** Dependencies on these steps being done. */
export const after = (...names: string[]) => names.map((step) => ({ step, states: ['DONE'] }))
export const holds = { type: 'hold', configuration: {} }
export const clientError = {
  type: 'echo',
  configuration: { error_message: 'no quota', error_type: 'client' },
}
