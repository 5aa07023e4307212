import type { Api } from './api.ts'
import { GatedTask } from './gates.ts'
import { hire, type Person } from './people.ts'
import type { Server } from './server.ts'
import { allowDangerousActions } from './settings.ts'
import { saveTemplate, startTask, type Task, untilTask } from './tasks.ts'

/** An installation with everything that pages have to show: what is usual, and the worst. */
export interface Gallery {
  readonly server: Server
  readonly admin: Person
  readonly viewer: Person
  readonly running: Task
  readonly paused: Task
  readonly done: Task
  readonly failed: Task
  readonly approval: Task
  readonly cancelled: Task
  readonly reported: string
  readonly huge: Task
  readonly loop: Task
  readonly question: Task
  readonly family: Task
  /** Waits for a lock that another task holds. */
  readonly waiting: Task
}

const long = 'a-very-long-name-without-any-place-to-break-it-as-machines-like-to-make-them-'.repeat(4)

const layers = 20
const width = 6

/** More steps than the page loads at first, with long names, in layers that wait for each other; the last one fails at length. */
function hugeTemplate(): string {
  const name = (layer: number, at: number) => `layer-${layer}-of-many-with-a-long-name-number-${at}`
  const steps = Array.from({ length: layers * width }, (_, index) => {
    const [layer, at] = [Math.floor(index / width), index % width]
    const before = layer === 0 ? '' : `${name(layer - 1, at)}, ${name(layer - 1, (at + 1) % width)}`
    const configuration = index === layers * width - 1 ? failure : '{output: {done: true}}'
    return `  ${name(layer, at)}:
    description: Step ${index} of a template that somebody generated, described at a length that nobody asked for
    dependencies: [${before}]
    action: {type: echo, configuration: ${configuration}}`
  })
  return `name: huge
description: ${'A description that goes on and on, as they do. '.repeat(8)}
title_format: Huge ${long}
auto_runnable: true
allow_all_resolver_usernames: true
tags: {${Array.from({ length: 12 }, (_, at) => `tag-number-${at}: ${long.slice(0, 40)}`).join(', ')}}
steps:
${steps.join('\n')}
`
}

const failure = `{error_type: client, error_message: 'It cannot be done: ${'the answer was not what anybody expected, '.repeat(12)}${long}'}`

async function report(server: Server, api: Api): Promise<string> {
  const opening = { label: 'nightly-backup', title: 'Backup of the billing database' }
  const { status, body } = await api.send('POST', '/api/reports', opening)
  if (status !== 201) throw new Error(`no report could be opened: ${JSON.stringify(body)}`)
  const answer = await fetch(`${server.origin}/api/reports/${body.taskId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${body.reportToken}` },
    body: JSON.stringify({
      seq: 1,
      progress: 0.4,
      steps: [
        { name: 'dump', state: 'DONE', output: { bytes: 48_213_331 } },
        { name: 'upload', state: 'RUNNING' },
      ],
      log: [{ step: 'upload', text: '\u001b[32muploading\u001b[0m part 3 of 8\n' }],
    }),
  })
  if (!answer.ok) throw new Error(`the report was refused: ${await answer.text()}`)
  return String(body.taskId)
}

/** Fills an installation through the API, as people and programs do. */
export async function fillGallery(server: Server, admin: Person): Promise<Gallery> {
  const { api } = admin
  const paused = await startTask(api, 'break-something')
  const gated = await GatedTask.start(server, api, 'of the gallery')
  gated.open('first')
  const failed = await startTask(api, 'failing', { why: 'the disk is full' })
  await untilTask(api, failed.id, ({ state }) => state === 'PAUSED')
  const skip =
    'mutation S($id: ID!) { skipStep(input: { taskId: $id, stepNo: 0, reason: "not needed" }) { id } }'
  await api.ask(skip, { id: failed.id })
  const cancelled = await startTask(api, 'new-member', { login: 'grace', team: 'storage' })
  await untilTask(api, cancelled.id, ({ state }) => state === 'PAUSED')
  await api.ask('mutation C($id: ID!) { cancelTask(input: { taskId: $id, reason: "left again" }) { id } }', {
    id: cancelled.id,
  })
  await startTask(api, 'note', { text: 'x' }, { startAt: '2099-01-01T08:00:00.000Z' })
  await saveTemplate(api, hugeTemplate())
  const huge = await startTask(api, 'huge', {}, { comment: long })
  const approval = await startTask(api, 'access-request', {
    login: 'ada',
    system: 'monitoring',
    reason: 'to see the graphs',
  })
  const done = await startTask(api, 'health-check', {}, { wait: 60 })
  await allowDangerousActions(api)
  const folder = server.place.room('gates-of-the-gallery')
  await startTask(api, 'locker', { host: 'db1', who: 'ada', folder })
  const waiting = await startTask(api, 'locker', { host: 'db1', who: 'grace', folder })
  const question = await startTask(api, 'ask', { host: 'db1' })
  const family = await startTask(api, 'family', { hosts: ['db2', 'db3', 'db4'] })
  const loop = await startTask(api, 'loop', { count: 1000 })
  await untilTask(api, waiting.id, ({ reason }) => reason === 'LOCK')
  await untilTask(api, loop.id, ({ state }) => state === 'PAUSED')
  await untilTask(api, huge.id, ({ state }) => state === 'PAUSED')
  await untilTask(api, paused.id, ({ state }) => state === 'PAUSED')
  return {
    server,
    admin,
    viewer: await hire(api, 'viewer'),
    running: gated.task,
    paused,
    done,
    failed,
    approval,
    cancelled,
    reported: await report(server, api),
    huge,
    loop,
    question,
    family,
    waiting,
  }
}
