import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Api } from './api.ts'
import type { Server } from './server.ts'
import { startTask, type Task } from './tasks.ts'

/** A task of three steps that go on when the test says so. */
export class GatedTask {
  readonly task: Task
  readonly #folder: string

  private constructor(task: Task, folder: string) {
    this.task = task
    this.#folder = folder
  }

  static async start(server: Server, api: Api, name: string): Promise<GatedTask> {
    const folder = server.place.room(`gates-${name.replaceAll(' ', '-')}`)
    return new GatedTask(await startTask(api, 'gates', { name, folder }), folder)
  }

  open(...steps: readonly ('first' | 'second' | 'third')[]): void {
    for (const step of steps) writeFileSync(join(this.#folder, step), '')
  }
}
