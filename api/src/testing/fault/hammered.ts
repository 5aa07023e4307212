import type { Template } from '@stint/schema/template-types'
import type { NewTask } from '../../engine/start.ts'
import { testStep, testTask, testTemplate } from '../engine.ts'

/*
 * Tasks for the hammer: each wants some of a few resources, by chance, so that they stand in each other's way.
 */

export const stepLimits = { socket: 3, fork: 2 }
export const taskLimit = 6
export const rate = { resource: 'starts', capacity: 3, perMs: 500 }
export const regions = ['north', 'south'] as const

export const any = (below: number) => Math.floor(Math.random() * below)
export const pick = <T>(list: readonly T[]) => list[any(list.length)] as T
export const anyRoom = () => `r${any(4)}`

/** What a request says of the room; its tag says the same, so that the database can be asked. */
export const requestOf = (room: string) => ({ input: { room }, tags: { room } })

/**
 * Some locks of five, the room of its request, limits for some, and three steps of which some need slots; one of them may wait, or
 * be a loop. Every sixth wants nothing but its turn by the rate: they come all at once.
 */
function hammered(no: number): Template {
  const isRated = no % 6 === 1
  const resources = [0, 1, 2, 3, 4].filter(() => !isRated && Math.random() < 0.3).map((id) => `host/${id}`)
  if (!isRated && Math.random() < 0.4) resources.push('room/{{.input.room}}')
  const step = (name: string, before?: Template['steps'][number]) => {
    const rows = ['socket', 'fork'].filter(() => Math.random() < 0.5)
    const action =
      Math.random() < 0.2
        ? { type: 'wait', configuration: { for: '20ms' } }
        : { type: 'append', configuration: { ms: 5 + any(20), note: '{{.input.room}}' } }
    return testStep([name, ...rows].join('-'), {
      action,
      resources: rows,
      ...(Math.random() < 0.2 && { foreach: '[1,2,3]' }),
      ...(before && { dependencies: [{ step: before.name, states: ['ANY'] }] }),
    })
  }
  const first = step('a')
  return testTemplate([first, step('b'), step('c', first)], {
    name: `hammered${no % 5}`,
    inputs: [{ name: 'room', type: 'string', optional: false, collection: false, hidden: false }],
    locks: resources.map((resource) => ({
      resource,
      mode: pick(['exclusive', 'shared'] as const),
      onConflict: 'wait' as const,
    })),
    limits: [
      ...(!isRated && Math.random() < 0.4 ? [{ resource: 'license', capacity: taskLimit }] : []),
      ...(isRated || Math.random() < 0.1 ? [rate] : []),
    ],
  })
}

/** Wants for itself what its parent may hold. */
export const small = testTemplate(
  [testStep('s', { action: { type: 'append', configuration: { ms: 10 } } })],
  { name: 'small', locks: [{ resource: 'host/0', mode: 'exclusive', onConflict: 'wait' }] },
)

/**
 * As it was, or of some urgency and with a child under its locks. Never under a shared one: two parents whose children want more
 * wait for each other by their own design, as often as they are resumed.
 */
function asked(no: number, isRough: boolean): Template {
  const template = hammered(no)
  if (!isRough) return template
  const action = { type: 'subtask', configuration: { template: 'small' } }
  const shares = template.locks?.some(({ resource, mode }) => resource === 'host/0' && mode === 'shared')
  const child = no % 3 === 0 && !shares ? [testStep('child', { action })] : []
  return { ...template, priority: any(3), steps: [...template.steps, ...child] }
}

/** Every other task belongs to a region. */
export function hammeredTask(no: number, isRough: boolean): NewTask {
  const region = no % 2 === 0 ? undefined : pick(regions)
  return testTask(asked(no, isRough), { ...requestOf(anyRoom()), ...(region && { region }) })
}
