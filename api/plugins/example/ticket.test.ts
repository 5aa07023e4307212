import { expect, it } from 'vitest'
import { loadPlugin } from '../../src/plugins/load.ts'
import { runAction } from '../../src/plugins/testing.ts'

const { actions = [] } = await loadPlugin(`${import.meta.dirname}/ticket.ts`)
const [ticket] = actions
if (ticket === undefined) throw new Error('the plug-in has lost its action')
const run = (configuration: Record<string, unknown>) => runAction(ticket, configuration as never)

it('opens a ticket, and tells how far it is', async () => {
  const { kind, result, log, progress } = await run({ subject: 'Disk full', lines: ['one', 'two'] })
  expect(kind).toBe('done')
  expect(result).toMatchObject({ output: { id: 1 }, tags: { ticket: '1' } })
  expect(log.map(({ text }) => text)).toEqual(['one\n', 'two\n'])
  expect(progress).toEqual([
    { done: 1, total: 2 },
    { done: 2, total: 2 },
  ])
})

it('refuses one without a subject, which no retry would mend', async () => {
  expect(await run({ subject: ' ' })).toMatchObject({
    kind: 'client',
    error: { message: 'A ticket needs a subject.' },
  })
  await expect(run({})).rejects.toThrow('does not fit the schema')
})
