import { checkTemplate } from '@stint/schema/template'
import type { Template } from '@stint/schema/template-types'
import { expect, test } from 'vitest'
import type { StoredItem } from './configstore.ts'
import { Journal } from './journal.ts'
import { emptyPlan, type Plan } from './plan.ts'
import { notePlace, noteReach, tellReach } from './reach.ts'

const { template } = checkTemplate(`name: web
description: Goes places
title_format: web
doc_link: http://10.9.9.9/doc
inputs: [{name: site, default: 'http://192.168.7.7'}, {name: host}]
variables: [{name: mirror, value: 'https://mirror.lan/x'}]
base_configurations: {api: {host: 'http://127.0.0.1:8081'}}
steps:
  a: {action: {type: http, base_configuration: api, configuration: {path: /x, body: 'see http://10.9.9.9'}}}
  b: {action: {type: http, configuration: {url: '{{.config.inventory.url}}/x'}}}
  c: {action: {type: ssh, configuration: {target: 'jump.lan:2222', hops: ['ops@[fd12::7]:22'], script: 'curl http://10.9.9.9'}}}
  d: {action: {type: email, configuration: {smtp_hostname: mail.public, body: x}}}
  e: {action: {type: ping, configuration: {hostname: '{{.input.host}}'}}}
`)

const names: Record<string, string[]> = {
  'mirror.lan': ['10.1.1.1'],
  'jump.lan': ['10.1.1.2'],
  'mail.public': ['9.9.9.9'],
  'inventory.lan': ['9.9.9.8', '172.16.0.9'],
}
const resolve = async (name: string) => names[name] ?? []
const items = new Map<string, StoredItem>([
  ['inventory', { name: 'inventory', file: 'config/inventory', text: 'url: https://inventory.lan:8443' }],
])

function planOf(): Plan {
  const plan = emptyPlan(new Journal())
  noteReach(plan, 'templates/web.yaml', template as Template)
  notePlace(plan, 'channel hook', 'url', 'http://localhost.test:9/x')
  return plan
}

const found = ['fd12::7', '192.168.7.7', 'mirror.lan', '127.0.0.1', 'inventory.lan', 'jump.lan']

test('private hosts are named with the setting that opens them', async () => {
  const plan = planOf()
  await tellReach(plan, items, false, resolve)
  const { entries } = plan.journal
  const named = entries.map(({ key, message }) => `${key} ${message.split(' ')[0]}`)
  expect(named.toSorted()).toEqual(
    [...found.map((host) => `outbound_allow ${host}`), 'known_hosts ssh', 'outbound_allow The'].toSorted(),
  )
  expect(entries.every(({ verdict }) => verdict === 'person')).toBe(true)
  expect(plan.settings.size).toBe(0)
})

test('they can be allowed at once', async () => {
  const plan = planOf()
  await tellReach(plan, items, true, resolve)
  expect((plan.settings.get('outbound_allow') as string[]).toSorted()).toEqual(found.toSorted())
  expect(plan.journal.count('converted')).toBe(found.length)
})
