import { expect, it } from 'vitest'
import { channelWorld } from '../../../testing/channels.ts'
import { testStep, testTask, testTemplate } from '../../../testing/engine.ts'
import { Journal, KeyJournal } from './journal.ts'
import { convertNotifications } from './notifications.ts'
import { emptyPlan } from './plan.ts'

const { receiver, save, ended, told, fails } = await channelWorld()

function channelsOf(main: Record<string, unknown>) {
  const plan = emptyPlan(new Journal())
  convertNotifications(plan, new KeyJournal(plan.journal, 'config/utask-cfg', 'utask-cfg'), main, undefined)
  return plan
}

it('an Opsgenie backend opens an alert for what fails, and closes the one of a task that is done', async () => {
  const config = { zone: 'eu', api_key: 'S3CRET', timeout: '30s' }
  const strategy = { task_state_update: 'failure_or_done', task_step_update: 'silent' }
  const { channels, journal } = channelsOf({
    notify_config: { Pager: { type: 'opsgenie', config, default_notification_strategy: strategy } },
  })
  expect(JSON.stringify(journal.entries)).not.toContain('S3CRET')
  const [channel] = channels
  expect(channel).toMatchObject({ name: 'pager', kind: 'webhook' })
  const { url, seen } = await receiver()
  const host = 'https://api.eu.opsgenie.com'
  expect(channel?.configuration.url).toMatch(new RegExp(`^${host}/v2/alerts`))
  const there = String(channel?.configuration.url).replace(host, new URL(url).origin)
  await save({ ...channel, configuration: { ...channel?.configuration, url: there } })

  const failed = await fails()
  await told(failed)
  expect(seen[0]).toMatchObject({
    method: 'POST',
    url: '/v2/alerts',
    headers: { authorization: 'GenieKey S3CRET' },
  })
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
    message: 'Task deploy is paused (step-failed)\nDeploy web',
    alias: failed,
    details: { state: 'BLOCKED', template: 'deploy', error: 'one: no quota' },
  })

  const id = await ended(testTask(testTemplate([testStep('one')])))
  await told(id)
  expect(seen[1]).toMatchObject({
    url: `/v2/alerts/${id}/close?identifierType=alias`,
    body: '{"source": "Stint"}',
  })
})

it('what µTask tells without being asked is told here too', () => {
  const { channels, reach } = channelsOf({
    notify_config: {
      chat: { type: 'slack', config: { webhook_url: 'http://127.0.0.1:9/hook' } },
      hook: { type: 'webhook', config: { webhook_url: 'https://ops.example/x' } },
    },
    notify_actions: { task_step_update: { notify_backends: ['chat'] } },
  })
  expect(channels.map(({ configuration }) => configuration.strategies)).toEqual([
    { task_step_update: 'always' },
    { task_step_update: 'silent' },
  ])
  expect(reach.places.map(({ text }) => text)).toEqual(['http://127.0.0.1:9/hook', 'https://ops.example/x'])
})

it.each([
  ['moon', 'key', 'zones'],
  ['eu', '', 'api_key'],
])('an Opsgenie backend in zone %j with the key %j is left to a person', (zone, api_key, words) => {
  const { channels, journal } = channelsOf({
    notify_config: { pager: { type: 'opsgenie', config: { zone, api_key } } },
  })
  expect(channels).toEqual([])
  expect(journal.entries).toMatchObject([{ verdict: 'person', message: expect.stringContaining(words) }])
})

it('what of a backend does not come along is told', () => {
  const { journal } = channelsOf({
    notify_config: {
      hook: {
        type: 'webhook',
        colour: 'red',
        config: { webhook_url: 'https://ops.example/x', header: {}, credentials_name: 'lost' },
        default_notification_strategy: { task_state_update: 'failure', task_step_updat: 'always' },
      },
    },
    notify_actions: {
      task_step_action: { disabled: true },
      task_validation: { notify_backends: ['hok'], disable: true },
    },
  })
  expect(journal.entries.map(({ key, verdict, message }) => [key, verdict, message])).toEqual([
    [
      expect.stringMatching(/notify_actions\.task_step_action$/),
      'person',
      expect.stringContaining('does nothing'),
    ],
    [expect.stringMatching(/task_validation\.disable$/), 'ignored', expect.stringContaining('"disabled"')],
    [
      expect.stringMatching(/notify_actions\.task_validation$/),
      'person',
      expect.stringContaining('did you mean "hook"?'),
    ],
    [expect.stringMatching(/hook\.colour$/), 'ignored', 'It has no meaning here.'],
    [expect.stringMatching(/hook\.config\.header$/), 'ignored', expect.stringContaining('"headers"')],
    [
      expect.stringMatching(/strategy\.task_state_update$/),
      'person',
      expect.stringContaining('failure_only'),
    ],
    [
      expect.stringMatching(/strategy\.task_step_updat$/),
      'person',
      expect.stringContaining('"task_step_update"'),
    ],
    [expect.stringMatching(/credentials_name$/), 'person', expect.stringMatching(/^No item/)],
    [expect.stringMatching(/notify_config\.hook$/), 'converted', expect.any(String)],
  ])
})
