import type { App } from '../../base/app.ts'
import type { Actor } from '../access/model.ts'
import type { TaskEngine } from './model.ts'
import { TaskReader } from './read.ts'
import { ValueReader } from './values.ts'

/** What is read for one operation, or for all who see the same in one tick of the live views. */
export interface Readers {
  readonly tasks: TaskReader
  readonly values: ValueReader
}

export function readersOf(app: Pick<App, 'sql'>, engine: TaskEngine, actor: Actor | undefined): Readers {
  const tasks = new TaskReader(app, actor)
  return { tasks, values: new ValueReader(app, engine, tasks) }
}
