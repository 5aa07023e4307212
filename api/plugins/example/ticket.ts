import { ActionError } from 'stint/action'
import { defineAction, definePlugin } from 'stint/plugin'

/*
 * An example of a plug-in: an action, somebody who knows who sent a request, configuration items and a route. Copy it into a
 * folder of your own, name that folder in STINT_PLUGINS_DIRS, and start again. ticket.test.ts beside it shows how to test one.
 */

interface Ticket {
  readonly subject: string
  readonly lines?: readonly string[]
}

/** Books a ticket in memory, as a real one would over `fetch` or a library of its own. */
const tickets: { id: number; subject: string; by: string }[] = []

const ticket = defineAction<Ticket>({
  type: 'ticket',
  description: 'Opens a ticket.',
  configuration: {
    type: 'object',
    additionalProperties: false,
    required: ['subject'],
    properties: {
      subject: { type: 'string', description: 'What it is about.' },
      lines: { type: 'array', items: { type: 'string' }, description: 'What more there is to say.' },
    },
  },
  output: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'integer', description: 'Number of the ticket.' } },
  },
  example: { subject: 'Disk of {{.input.host}} is full' },
  // A ticket that was opened twice is two tickets: after a crash a person is asked.
  idempotent: false,
  run: ({ subject, lines = [] }, { log, progress, signal, task }) => {
    if (subject.trim() === '') throw new ActionError('client', 'A ticket needs a subject.')
    for (const [index, line] of lines.entries()) {
      signal.throwIfAborted()
      log(`${line}\n`)
      progress(index + 1, lines.length)
    }
    const id = tickets.length + 1
    tickets.push({ id, subject, by: task.owner })
    return { output: { id }, tags: { ticket: String(id) } }
  },
})

export const plugin = definePlugin({
  name: 'ticket',
  actions: [ticket],
  // Only the name and the groups: what this person may is decided by the roles he has here.
  authenticate: ({ headers }) => {
    const [name, ...groups] = headers.get('x-example-badge')?.split(' ') ?? []
    return name === undefined || name === '' ? undefined : { name, groups }
  },
  configuration: { name: 'ticket', read: async () => ({ 'ticket-queue': { value: 'operations' } }) },
  routes: [
    {
      method: 'GET',
      path: '/tickets',
      access: 'task.view',
      handle: (_request, { user }) => Response.json({ user, tickets }),
    },
    {
      method: 'POST',
      path: '/tickets/:id/close',
      access: 'task.command',
      handle: () => new Response(null, { status: 204 }),
    },
  ],
})
