import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { channelWorld, failing } from '../../testing/channels.ts'
import { testStep, testTask, testTemplate } from '../../testing/engine.ts'
import type { SeenRequest } from '../../testing/http.ts'
import { serveSmtp } from '../../testing/smtp.ts'
import { visibleTasks } from '../access/visible.ts'
import { deliveriesOfTask } from './read.ts'
import { retryDelivery, testChannel } from './tell.ts'

const { app, sql, engine, reactions, admin, closing, receiver, save, ended, told, fails } =
  await channelWorld()

describe('a webhook', () => {
  it('is told of a failure, signed, with the keys that µTask has', async () => {
    const { url, seen } = await receiver()
    await save({
      strategy: 'failure_only',
      configuration: { url, secret: 'a secret of ours', headers: { 'X-Team': 'blue' } },
    })
    const taskId = await fails()
    await told(taskId)
    expect(seen).toHaveLength(1)
    const { headers, body } = seen[0] as SeenRequest
    expect(JSON.parse(body)).toEqual({
      message: 'Task deploy is paused (step-failed)\nDeploy web',
      notification_type: 'task_state_update',
      task_id: taskId,
      resolution_id: taskId,
      title: 'Deploy web',
      state: 'BLOCKED',
      template: 'deploy',
      requester: 'tester',
      steps: '0/1',
      tags: '{"team":"blue"}',
      url: `https://stint.test/tasks/${taskId}`,
      task_state: 'paused',
      task_result: 'pending',
      task_reason: 'step-failed',
      error: 'one: no quota',
    })
    const [delivery] = await deliveriesOfTask(app, taskId)
    expect(delivery).toMatchObject({
      channel: 'ops',
      taskId,
      state: 'delivered',
      tries: 1,
      responseStatus: 200,
      lastError: null,
    })
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const signature = createHmac('sha256', 'a secret of ours').update(signed).digest('base64')
    expect(headers).toMatchObject({
      'webhook-id': delivery?.id,
      'webhook-signature': `v1,${signature}`,
      'x-team': 'blue',
    })
    expect(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']))).toBeLessThan(120)
  })

  it('has the body that its template says', async () => {
    const { url, seen } = await receiver()
    const body_template =
      '{"who": {{ .requester | toJson }}, "what": {{ .title | upper | toJson }}, "step": "{{ .step_name }}"}'
    await save({ configuration: { url, body_template, strategies: { task_state_update: 'failure_only' } } })
    await told(await fails())
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ who: 'tester', what: 'DEPLOY WEB', step: '<no value>' })
  })

  it('that refuses is not asked again by itself, but by a person, under the same id', async () => {
    const { url, seen } = await receiver((count) => (count === 1 ? 404 : 200))
    await save({ strategy: 'failure_only', configuration: { url } })
    const taskId = await fails()
    await told(taskId)
    const [failed] = await deliveriesOfTask(app, taskId)
    expect(failed).toMatchObject({
      state: 'failed',
      tries: 1,
      responseStatus: 404,
      lastError: 'The channel answered 404.',
      deliveredAt: null,
    })
    const again = await retryDelivery(app, engine, admin, failed?.id ?? '')
    expect(again).toMatchObject({ id: failed?.id, state: 'delivered', responseStatus: 200 })
    expect(again.lastError).toBe('The channel answered 404.')
    expect(seen.map(({ headers }) => headers['webhook-id'])).toEqual([failed?.id, failed?.id])
    await expect(retryDelivery(app, engine, admin, failed?.id ?? '')).rejects.toMatchObject({
      code: 'not-allowed-now',
    })
  })

  it('that is in trouble is asked again later, by itself', async () => {
    const { url } = await receiver((count) => (count === 1 ? 503 : 200))
    await save({ strategy: 'failure_only', configuration: { url } })
    const taskId = await fails()
    const first = async () => (await deliveriesOfTask(app, taskId))[0]
    await expect.poll(async () => (await first())?.tries, { timeout: 20_000 }).toBe(1)
    await expect.poll(async () => (await first())?.dueAt, { timeout: 20_000 }).toBeInstanceOf(Date)
    expect(await first()).toMatchObject({
      state: 'waiting',
      responseStatus: 503,
      lastError: 'The channel answered 503.',
    })
    // A person need not wait for that.
    expect(await retryDelivery(app, engine, admin, (await first())?.id ?? '')).toMatchObject({
      state: 'delivered',
    })
  })

  it('may only be where connections may go', async () => {
    const { url } = await receiver()
    await save({ configuration: { url: url.replace('127.0.0.1', '10.255.0.1') } })
    const delivery = await testChannel(app, engine, admin, 'ops')
    expect(delivery).toMatchObject({ state: 'failed', lastError: expect.stringContaining('outbound_allow') })
  })
})

describe('news', () => {
  it('and what tells it are written in one transaction', async () => {
    const { url } = await receiver()
    await save({ strategy: 'failure_only', configuration: { url } })
    const taskId = await fails()
    const [delivery] = await deliveriesOfTask(app, taskId)
    const [row] = await sql<{ same: boolean }[]>`
      select paused.xmin = born.xmin as same
      from event as paused, event as born
      where paused.task_id = ${taskId} and paused.name = 'paused' and born.task_id = ${delivery?.id ?? null} and born.seq = 1`
    expect(row?.same).toBe(true)
  })

  it('are told of the whole life of a task where that is wanted, and of its steps by name', async () => {
    const { url, seen } = await receiver()
    await save({ configuration: { url, strategies: { task_step_update: 'always' } } })
    const taskId = await ended(testTask(testTemplate([testStep('one'), testStep('two')], { name: 'fine' })))
    await told(taskId)
    const all = seen.map(({ body }) => JSON.parse(body) as Record<string, string>)
    const states = all
      .filter((each) => each.notification_type === 'task_state_update')
      .map((each) => each.state)
    expect(states).toContain('DONE')
    const steps = all.filter((each) => each.notification_type === 'task_step_update')
    expect(steps.map((each) => `${each.step_name} ${each.step_state}`)).toEqual(
      expect.arrayContaining(['one DONE', 'two DONE']),
    )
  })

  it('of an approval that is needed go out even where only failures are told', async () => {
    const { url, seen } = await receiver()
    await save({ strategy: 'failure_only', configuration: { url } })
    const { id } = await engine.createTask({
      ...testTask(failing),
      isApproved: false,
      resolvers: ['ann'],
      resolverGroups: ['ops'],
    })
    await told(id)
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(1)
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      notification_type: 'task_validation',
      state: 'TODO',
      potential_resolvers: 'ann ops',
    })
  })

  it('of a reported task are told too', async () => {
    const { url, seen } = await receiver()
    await save({ strategy: 'failure_only', configuration: { url } })
    const { taskId, reportToken } = await engine.openReport({
      label: 'backup',
      title: 'Backup',
      owner: { name: 'cron' },
      timeoutSeconds: 60,
    })
    await engine.appendReport(taskId, reportToken, { seq: 1, result: 'error', error: 'disk full' })
    await told(taskId)
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(1)
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      task_id: taskId,
      template: 'backup',
      task_result: 'error',
    })
  })

  it('are nobody’s business while there is no channel, and deliveries are no news and no tasks of people', async () => {
    expect(reactions.isListening).toBe(false)
    const quiet = await fails()
    expect(await deliveriesOfTask(app, quiet)).toEqual([])
    const { url } = await receiver()
    await save({ configuration: { url } })
    const shown = () => sql<{ label: string }[]>`select label from task where ${visibleTasks(sql, admin)}`
    const before = await shown()
    const loud = await fails()
    await told(loud)
    const deliveries = await deliveriesOfTask(app, loud)
    expect(deliveries.length).toBeGreaterThan(0)
    for (const { id } of deliveries) expect(await deliveriesOfTask(app, id)).toEqual([])
    const after = await shown()
    expect(after.length - before.length).toBe(1)
    expect(after.map(({ label }) => label)).not.toContain('stint.notification')
  })
})

describe('other channels', () => {
  it('speak to Slack in text and blocks', async () => {
    const { url, seen } = await receiver()
    const row = await save({ kind: 'slack', strategy: 'failure_only', configuration: { url } })
    expect(row.target).toBe(new URL(url).origin)
    const taskId = await fails()
    await told(taskId)
    const { text, blocks } = JSON.parse(seen[0]?.body ?? '')
    expect(text).toBe('Task deploy is paused (step-failed)\nDeploy web')
    expect(blocks[0].text.text).toBe(
      `*<https://stint.test/tasks/${taskId}|Task deploy is paused (step-failed)>*\nDeploy web`,
    )
    expect(JSON.stringify(blocks)).toContain('no quota')
  })

  it('send mail', async () => {
    const smtp = await serveSmtp()
    closing.push(smtp.close)
    const configuration = {
      smtp_hostname: '127.0.0.1',
      smtp_port: smtp.port,
      from_address: 'stint@example.org',
      to: ['ops@example.org'],
    }
    const row = await save({ kind: 'email', strategy: 'failure_only', configuration })
    expect(row.target).toBe('ops@example.org')
    const taskId = await fails()
    await told(taskId)
    const [delivery] = await deliveriesOfTask(app, taskId)
    expect(delivery).toMatchObject({ state: 'delivered', responseStatus: null })
    expect(smtp.mails[0]?.to).toEqual(['ops@example.org'])
    expect(smtp.mails[0]?.text).toContain(`Message-ID: <${delivery?.id}@stint>`)
    expect(smtp.mails[0]?.text).toContain('no quota')
  })
})

describe('the action notify', () => {
  const notifies = (configuration: Record<string, unknown>) =>
    testTask(
      testTemplate([testStep('tell', { action: { type: 'notify', configuration } })], { name: 'notifies' }),
    )

  it('tells the channels it names, with its fields, and is done when that is on record', async () => {
    const { url, seen } = await receiver()
    await save({ strategy: 'silent', configuration: { url } })
    const taskId = await ended(
      notifies({ message: 'Deployed {{.task.task_id}}', fields: { version: 1.2 }, backends: ['ops'] }),
    )
    await told(taskId)
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(1)
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      message: `Deployed ${taskId}`,
      notification_type: 'message',
      version: '1.2',
      task_id: taskId,
      step_name: 'tell',
    })
    expect(await deliveriesOfTask(app, taskId)).toMatchObject([{ event: 'message', state: 'delivered' }])
  })

  it('fails for a channel that does not exist, and passes silent ones over when it names none', async () => {
    const { url, seen } = await receiver()
    await save({ strategy: 'silent', configuration: { url } })
    const [attempt] = await sql<{ errorSummary: string }[]>`
      select error_summary from attempt where task_id = ${await ended(notifies({ message: 'x', backends: ['nowhere'] }))}`
    expect(attempt?.errorSummary).toBe('There is no channel nowhere, or it is switched off; there are: ops.')
    const quiet = await ended(notifies({ message: 'x' }))
    expect(await deliveriesOfTask(app, quiet)).toEqual([])
    expect(seen).toEqual([])
  })
})
