import { type DocumentNode, type ExecutionResult, execute, parse, subscribe, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import { requestFacts } from '../domains/access/address.ts'
import type { Actor } from '../domains/access/model.ts'
import { TaskChanges } from '../domains/tasks/changes.ts'
import { templateCheck } from '../domains/templates/check.ts'
import { ActionRegistry } from '../engine/action.ts'
import { echoAction } from '../engine/actions/echo.ts'
import { type Caller, contextOf, type Parts } from '../graphql/context.ts'
import { globalId } from '../graphql/ids.ts'
import { schema } from '../graphql/schema.ts'
import { Listener } from '../postgres/listen.ts'
import { testConfiguration } from '../testing/configuration.ts'
import { type CrawlOperation, crawlOperations, documentOf, halvesOf } from '../testing/crawl.ts'
import { testDatabase } from '../testing/database.ts'
import { plainChannels, plainEngine } from '../testing/plain-engine.ts'
import { actorOf, World } from '../testing/world.ts'

/*
 * Everything is denied unless it is allowed. Every query, mutation and subscription is taken from the schema itself and asked,
 * with everything below it, as nobody, as somebody without rights, as a viewer, and as somebody who may see other tasks only.
 * rest/crawl.test.ts does the same with the routes.
 */

const { app, sql, target } = await testDatabase()
const listener = new Listener({ target, log: app.log })
const engine = plainEngine(sql)
const changes = new TaskChanges(app, { listener, engine })
const server = { version: '1.2.3', installation: 'MARK-installation', upSince: new Date() }
const actions = new ActionRegistry().add(echoAction)
const configuration = testConfiguration({ environment: { 'MARK-item': 'MARK-value' } })
const check = templateCheck(actions)
const channels = plainChannels(sql)
const parts: Parts = { app, server, engine, changes, listener, actions, configuration, check, channels }

const ann = actorOf('ann', ['resolver'])
const bob = actorOf('MARK-bob', ['resolver'])
const viewer = actorOf('viewer', ['viewer'])
const nothing = actorOf('nothing', [])
const tokenId = newId()
let taskId = ''
let childId = ''

beforeAll(async () => {
  await listener.start()
  await configuration.refresh()
  await changes.start()
  for (const { userId, name } of [ann, bob, viewer, nothing]) {
    await sql`insert into user_account (id, name, full_name, roles) values (${userId}, ${name}, ${`Full ${name}`}, '{resolver}')`
  }
  await sql`
    insert into api_token (id, user_id, name, token_hash, permissions, expires_at)
    values (${tokenId}, ${bob.userId}, 'MARK-token', 'x', '{}', now() + interval '1 day')
  `
  const world = new World(sql)
  taskId = await world.task({
    owner: bob,
    title: 'MARK-title',
    label: 'MARK-label',
    errorSummary: 'MARK-error',
    tags: { x: 'MARK-tag' },
  })
  childId = await world.task({ owner: bob, title: 'MARK-child', parentId: taskId, dependsOn: [taskId] })
  // What ann may see stands next to what she may not: a child of it, and a task that waits for it.
  await world.task({ owner: ann, title: 'own', parentId: taskId, dependsOn: [taskId] })
  await world.steps(taskId, ['DONE', 'RUNNING'])
  await world.attempts(taskId, 0, ['DONE'])
  await world.events(taskId, ['MARK-event'])
  await world.output(taskId, 0, 1, ['MARK-output'])
  await world.output(taskId, 1, 1, ['MARK-live'])
})

afterAll(async () => {
  await changes.stop()
  await listener.stop()
})

async function firstOf(result: ExecutionResult | AsyncIterable<ExecutionResult>): Promise<ExecutionResult> {
  if (!(Symbol.asyncIterator in result)) return result
  for await (const each of result) return each
  return { data: null }
}

/** More ways down than this in one operation and graphql gives up comparing them with each other. */
const partsMax = 40

async function halved(operation: CrawlOperation, actor: Actor | undefined): Promise<ExecutionResult[]> {
  return (await Promise.all(halvesOf(operation).map((half) => ask(half, actor)))).flat()
}

const documents = new Map<string, DocumentNode>()

/** Everybody is asked the same: validating it costs far more than answering it. */
function documentFrom(text: string): DocumentNode {
  const known = documents.get(text)
  if (known) return known
  const document = parse(text)
  const faults = validate(schema, document)
  if (faults.length > 0) throw faults[0]
  documents.set(text, document)
  return document
}

/** The answers to an operation, in as many parts as its size needs. */
async function ask(operation: CrawlOperation, actor: Actor | undefined): Promise<ExecutionResult[]> {
  if (operation.parts.length > partsMax) return halved(operation, actor)
  const document = documentFrom(documentOf(operation))
  const caller: Caller = { actor, facts: requestFacts(new Headers(), '192.0.2.1') }
  const args = { schema, document, contextValue: contextOf(parts, caller, 'crawl') }
  const answer =
    operation.kind === 'subscription' ? await firstOf(await subscribe(args)) : await execute(args)
  if (!answer.errors?.some(({ message }) => message.includes('too much at once'))) return [answer]
  return halved(operation, actor)
}

/** Each code once. */
function codesOf(answers: readonly ExecutionResult[]): string[] {
  const errors = answers.flatMap((answer) => answer.errors ?? [])
  const codes = errors.map(({ originalError, message }) =>
    originalError instanceof Problem ? originalError.code : message,
  )
  return [...new Set(codes)]
}

/** What the answers tell, without the name of the installation: whoever is signed in may know that. */
function told(answers: readonly ExecutionResult[]): string {
  return JSON.stringify(answers.map((answer) => answer.data)).replaceAll(server.installation, '')
}

/** Whatever a field may take as an id: plain, and the opaque ones of every kind of node. */
function ids(): string[] {
  const opaque = [globalId('Task', taskId), globalId('User', bob.userId), globalId('Template', newId())]
  return [taskId, tokenId, ...opaque]
}

const operations = crawlOperations(schema, globalId('Task', newId()))

const operationsOf = new Map<string, ReadonlyMap<string, CrawlOperation>>()

/** All operations about an id are written down once: that takes longer than to ask them. */
function named(name: string, id: string): CrawlOperation {
  const known =
    operationsOf.get(id) ??
    new Map(crawlOperations(schema, id).map((operation) => [operation.name, operation]))
  operationsOf.set(id, known)
  return known.get(name) as CrawlOperation
}

/** Asked by nobody. */
const open = ['Query.me', 'Query.server']
/** Asked by everybody who is signed in, about himself; `node` and `nodes` answer by the rules of what they find. */
const personal = [
  ...open,
  'Query.apiTokens',
  'Query.maintenance',
  'Query.node',
  'Query.nodes',
  'Mutation.changePassword',
  'Mutation.createApiToken',
  'Mutation.revokeApiToken',
  'Subscription.server',
]

test('there is something to crawl', () => {
  expect(operations.length).toBeGreaterThan(25)
  expect(operations.find(({ name }) => name === 'Query.tasks')?.parts.length).toBeGreaterThan(20)
})

test.each(operations)('nobody: $name is refused', async (operation) => {
  const answers = await ask(operation, undefined)
  if (open.includes(operation.name)) expect(JSON.stringify(answers)).not.toContain('MARK')
  else expect(codesOf(answers)).toEqual(['unauthenticated'])
})

test.each(operations)('somebody without rights: $name is refused', async ({ name }) => {
  for (const id of ids()) {
    const answers = await ask(named(name, id), nothing)
    if (personal.includes(name)) expect(told(answers)).not.toContain('MARK')
    else expect(codesOf(answers)).toEqual(['forbidden'])
  }
})

describe('a viewer', () => {
  const changesOfOthers = operations.filter(
    ({ kind, name }) => kind === 'mutation' && !personal.includes(name),
  )

  async function everything(): Promise<string> {
    const rows = await sql`
      select md5(string_agg(each, '|' order by each)) as sum from (
        select task::text as each from task union all
        select step::text from step union all
        select event::text from event union all
        select signal::text from signal union all
        select setting::text from setting union all
        select api_token::text from api_token union all
        select user_account::text from user_account
      ) as rows
    `
    return rows[0]?.sum
  }

  test.each(changesOfOthers)('$name is refused and changes nothing', async ({ name }) => {
    const before = await everything()
    for (const id of ids()) {
      const codes = codesOf(await ask(named(name, id), viewer))
      expect(codes).toHaveLength(1)
      expect(['forbidden', 'not-found']).toContain(codes[0])
    }
    expect(codesOf(await ask(named(name, taskId), viewer))).toEqual(['forbidden'])
    expect(await everything()).toBe(before)
  })

  test('does not manage: users, settings and the record are not for him', async () => {
    for (const name of ['Query.users', 'Query.settings', 'Query.auditEntries']) {
      expect(codesOf(await ask(named(name, taskId), viewer))).toEqual(['forbidden'])
    }
  })
})

describe('somebody who may see other tasks only', () => {
  const readings = operations.filter(({ kind }) => kind !== 'mutation')

  test.each(readings)('$name tells nothing of this one', async ({ name }) => {
    for (const id of ids()) {
      const text = told(await ask(named(name, id), ann))
      expect(text).not.toMatch(/MARK/)
      for (const secret of [taskId, childId]) expect(text).not.toContain(secret)
    }
  })

  test.each(operations.filter(({ kind }) => kind === 'mutation'))(
    '$name does nothing to it',
    async ({ name }) => {
      for (const id of [taskId, globalId('Task', taskId)]) {
        expect(told(await ask(named(name, id), ann))).not.toMatch(/MARK/)
      }
      const [task] = await sql`select state, last_seq from task where id = ${taskId}`
      expect(task).toEqual({ state: 'running', lastSeq: 1 })
      expect(await sql`select from signal where task_id in (${taskId}, ${childId})`).toHaveLength(0)
    },
  )

  test('while its owner is told all of it, by the same questions', async () => {
    const marks = new Set<string>()
    for (const { name } of readings) {
      for (const id of ids()) {
        for (const mark of told(await ask(named(name, id), bob)).match(/MARK[\w-]*/g) ?? []) marks.add(mark)
      }
    }
    expect([...marks].sort()).toEqual([
      'MARK-bob',
      'MARK-child',
      'MARK-error',
      'MARK-event',
      'MARK-label',
      'MARK-live',
      'MARK-output',
      'MARK-tag',
      'MARK-title',
      'MARK-token',
    ])
  })
})
