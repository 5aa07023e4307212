import { randomUUID } from 'node:crypto'
import { expect } from '@playwright/test'
import { CommandLine } from '../kit/command-line.ts'
import { test as base } from '../kit/fixtures.ts'
import { GatedTask } from '../kit/gates.ts'
import { TaskPage } from '../kit/screens/task-page.ts'

const test = base.extend<{ terminal: CommandLine }>({
  /** The terminal of an operator who has signed in. */
  terminal: async ({ server, personAs }, use) => {
    const person = await personAs('operator')
    const terminal = new CommandLine(server.place.room(`home-${randomUUID()}`), server.origin)
    const login = ['login', '--name', person.name, '--password-stdin']
    const { code, stderr } = await terminal.stint(login, { stdin: `${person.password}\n` })
    expect(code, stderr).toBe(0)
    await use(terminal)
  },
})

test('the exit code of a run is its outcome', async ({ terminal }) => {
  expect(await terminal.stint(['run', 'note', 'text=done', '--wait'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('success'),
  })
  expect(await terminal.stint(['run', 'failing', '--wait'])).toMatchObject({
    code: 5,
    stdout: expect.stringContaining('paused'),
  })
  expect((await terminal.stint(['task', 'cancel', 'last', '--wait', '30'])).code).toBe(0)
  expect((await terminal.stint(['task', 'show', 'last'])).code).toBe(4)
  expect((await terminal.stint(['run', 'nowhere'])).code).toBe(1)
  expect((await terminal.stint(['run', 'note'])).code).toBe(2)
})

test('who follows a task sees each step turn, and the page shows the same', async ({
  terminal,
  page,
  server,
  admin,
}) => {
  const name = `followed ${randomUUID().slice(0, 8)}`
  const gated = await GatedTask.start(server, admin.api, name)
  const { ended, sees } = follow(terminal, gated.task.uuid)
  await sees(/first.*waiting at the gate first/)
  const screen = await new TaskPage(page).open(gated.task)
  await screen.expectStep('first', 'Running')
  gated.open('first')
  await sees(/second.*waiting at the gate second/)
  gated.open('second', 'third')
  expect(await ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(new RegExp(`^success .*${name}$`, 'm')),
  })
  await screen.expectState('Success')
})

/** Follows a task; `sees` waits for what it prints. */
function follow(terminal: CommandLine, uuid: string) {
  let printed = ''
  const ended = terminal.stint(['task', 'follow', uuid], {
    onOutput: (all) => {
      printed = all
    },
  })
  return { ended, sees: (pattern: RegExp) => expect.poll(() => printed).toMatch(pattern) }
}
