import type { RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { systemActor } from '../domains/access/model.ts'
import { ChannelBook } from '../domains/channels/book.ts'
import { deliverActionOf } from '../domains/channels/deliver.ts'
import { notifyAction } from '../domains/channels/notify.ts'
import { channelReactions } from '../domains/channels/reactions.ts'
import { deliveriesOfTask, listChannels } from '../domains/channels/read.ts'
import { type ChannelOrder, deleteChannel, saveChannel } from '../domains/channels/save.ts'
import { ActionRegistry } from '../engine/action.ts'
import { echoAction } from '../engine/actions/echo.ts'
import type { NewTask } from '../engine/start.ts'
import { testDatabase } from './database.ts'
import { testEngine, testKeys, testStep, testTask, testTemplate } from './engine.ts'
import { type SeenRequest, serveHttp } from './http.ts'
import { localOutbound } from './outbound.ts'

const clientError = { type: 'echo', configuration: { error_message: 'no quota', error_type: 'client' } }

/** A template whose only step fails. */
export const failing = testTemplate([testStep('one', { action: clientError })], {
  name: 'deploy',
  titleFormat: 'Deploy web',
  tags: { team: 'blue' },
})

/** An engine that tells channels, as the roof puts them together; every test begins without channels. Call it at the top of a file. */
export async function channelWorld() {
  const database = await testDatabase()
  const { app, sql } = database
  const keys = testKeys()
  const book = new ChannelBook(app, keys)
  const outbound = localOutbound()
  const registry = new ActionRegistry()
    .add(echoAction)
    .addOwn(deliverActionOf({ app, keys, outbound }))
    .add(notifyAction({ channels: () => book.channels, createTask: (request) => engine.createTask(request) }))
  const reactions = channelReactions(book, () => 'https://stint.test')
  const { engine, listener, stop } = await testEngine(database, { registry, keys, reactions })
  const admin = systemActor
  const closing: (() => unknown)[] = []

  let unwatch: () => void = () => {}
  beforeAll(() => {
    unwatch = book.watch(listener)
  })
  afterAll(async () => {
    unwatch()
    await stop()
  })
  afterEach(async () => {
    for (const { name } of await listChannels(app, admin)) await deleteChannel(app, admin, name)
    await book.read()
    for (const close of closing.splice(0).toReversed()) await close()
  })

  /** A receiver that keeps what it gets and answers as the test says. */
  async function receiver(answer: (count: number) => number = () => 200) {
    const seen: SeenRequest[] = []
    const handler: RequestListener = async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body })
      response.statusCode = answer(seen.length)
      response.end()
    }
    const server = await serveHttp(handler)
    closing.push(server.close)
    return { url: `${server.url}/hook?key=abc`, seen }
  }

  /** A channel that is there and known to this process. */
  async function save(order: Partial<ChannelOrder> & { configuration: unknown }) {
    const row = await saveChannel(app, keys, admin, {
      name: 'ops',
      kind: 'webhook',
      strategy: 'always',
      ...order,
    })
    await book.read()
    return row
  }

  async function ended(task: NewTask): Promise<string> {
    const { id } = await engine.createTask(task)
    expect(await engine.waitForStop(id, 20)).toBe(true)
    return id
  }

  /** Everything that was to be told of the task was tried. */
  const told = (taskId: string) =>
    expect
      .poll(async () => (await deliveriesOfTask(app, taskId)).every(({ state }) => state !== 'waiting'), {
        timeout: 20_000,
      })
      .toBe(true)

  const fails = () => ended(testTask(failing))
  return { app, sql, keys, book, engine, reactions, admin, closing, receiver, save, ended, told, fails }
}
