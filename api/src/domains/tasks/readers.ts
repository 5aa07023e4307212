import DataLoader from 'dataloader'
import type { App } from '../../base/app.ts'
import type { Actor } from '../access/model.ts'
import type { TemplateRow } from '../templates/model.ts'
import { templatesByIds } from '../templates/store.ts'
import type { TaskEngine } from './model.ts'
import { TaskReader } from './read.ts'
import { linkLoader } from './resources.ts'
import { ValueReader } from './values.ts'

/** What is read for one operation, or for all who see the same in one tick of the live views. */
export interface Readers {
  readonly tasks: TaskReader
  readonly values: ValueReader
  /** What tasks hold, await and name. */
  readonly links: ReturnType<typeof linkLoader>
  /** Any version by its id: whoever sees a task may see what it runs. */
  readonly templates: DataLoader<string, TemplateRow | undefined>
}

export function readersOf(app: Pick<App, 'sql'>, engine: TaskEngine, actor: Actor | undefined): Readers {
  const tasks = new TaskReader(app, actor)
  const templates = new DataLoader<string, TemplateRow | undefined>(async (ids) => {
    const found = new Map((await templatesByIds(app.sql, ids)).map((row) => [row.id, row]))
    return ids.map((id) => found.get(id))
  })
  return { tasks, values: new ValueReader(app, engine, tasks), links: linkLoader(app), templates }
}
