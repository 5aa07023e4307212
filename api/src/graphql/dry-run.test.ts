import { beforeAll, expect, test } from 'vitest'
import { templateCheck } from '../domains/templates/check.ts'
import { saveTemplate } from '../domains/templates/save.ts'
import { ActionRegistry } from '../engine/action.ts'
import { echoAction } from '../engine/actions/echo.ts'
import { testConfiguration } from '../testing/configuration.ts'
import { testDatabase } from '../testing/database.ts'
import { type GraphqlTestServer, graphqlTestServer, type Person, signedInPerson } from '../testing/graphql.ts'
import { actorOf, World } from '../testing/world.ts'

const database = await testDatabase()
const { sql, app } = database
const world = new World(sql)
const configuration = testConfiguration({ environment: { SITE: 'paris-site' } })
const text = `name: reboot
description: Reboots a host
title_format: 'Reboot {{.input.host}}'
inputs: [{name: host, description: Which}]
locks: [{resource: 'host/{{.input.host}}', on_conflict: wait}]
steps:
  one: {action: {type: echo, configuration: {output: 'in {{.config.site}}'}}}
`
let server: GraphqlTestServer
let admin: Person
let resolver: Person
let viewer: Person
let hidden = ''

beforeAll(async () => {
  await configuration.refresh()
  server = await graphqlTestServer(database, { configuration })
  admin = await signedInPerson(server.app, 'root', ['admin'])
  viewer = await signedInPerson(server.app, 'vera', ['viewer'])
  resolver = await signedInPerson(server.app, 'rita', ['resolver'])
  const check = templateCheck(new ActionRegistry().add(echoAction))
  await saveTemplate(app, check, actorOf('root', ['admin']), text)
  hidden = await world.task({ title: 'Holds db1', owner: actorOf('bob', ['resolver']) })
  await sql`
    insert into hold (task_id, step_no, resource_type, resource_id, mode, operation, owner_name)
    values (${hidden}, -1, 'host', 'db1', int8range(null, null), int8range(null, null), 'bob')
  `
})

const document = `query ($input: DryRunInput!) { dryRun(input: $input) {
  __typename
  ... on DryRun { title steps { name state configuration unknown note } locks { resource mode onConflict holders { title } } findings { code } }
  ... on InputProblem { fields { name } }
  ... on TemplateProblem { findings { code line } }
} }`

async function ask(person: Person, input: Record<string, unknown>) {
  const { data, errors } = await server.ask(document, { input }, { session: person.session })
  return errors.length > 0 ? { errors: errors.map(({ extensions }) => extensions.code) } : data.dryRun
}

test('says what would happen, and who stands in the way as far as the caller may see him', async () => {
  const input = { template: 'reboot', input: { host: 'db1' } }
  expect(await ask(admin, input)).toMatchObject({
    __typename: 'DryRun',
    title: 'Reboot db1',
    steps: [{ name: 'one', state: 'DONE', configuration: { output: 'in ••••••' }, unknown: [] }],
    locks: [
      { resource: 'host/db1', mode: 'EXCLUSIVE', onConflict: 'WAIT', holders: [{ title: 'Holds db1' }] },
    ],
    findings: [],
  })
  expect(await ask(viewer, input)).toMatchObject({
    steps: [{ state: 'TODO', configuration: { output: 'in {{.config.site}}' }, unknown: ['.config.site'] }],
    locks: [{ holders: [{ title: 'Holds db1' }] }],
  })
  expect(await ask(resolver, input)).toMatchObject({ locks: [{ resource: 'host/db1', holders: [] }] })
})

test('a text is tried without being stored; what is wrong is told beside its lines', async () => {
  expect(await ask(viewer, { text: text.replace('reboot', 'other'), input: { host: 'db2' } })).toMatchObject({
    title: 'Reboot db2',
    locks: [{ resource: 'host/db2', holders: [] }],
  })
  expect(await ask(viewer, { text: `${text}frob: 1\n` })).toEqual({
    __typename: 'TemplateProblem',
    findings: [{ code: 'unknown-key', line: 8 }],
  })
  expect(await ask(viewer, { template: 'reboot' })).toEqual({
    __typename: 'InputProblem',
    fields: [{ name: 'host' }],
  })
  expect(await ask(viewer, { template: 'nope' })).toEqual({ errors: ['not-found'] })
  expect(await ask(viewer, { template: 'reboot', text })).toEqual({ errors: ['invalid-request'] })
  const rows = await sql`select from template where name = 'other'`
  expect(rows.count).toBe(0)
})
