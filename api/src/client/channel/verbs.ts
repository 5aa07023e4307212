import { CliError, exitCodes } from '../exit.ts'
import { nearName } from '../near-name.ts'
import { pages } from '../server/pages.ts'
import type { Column } from '../terminal/table.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import {
  type Channel,
  channelsDocument,
  type Delivery,
  deleteChannelDocument,
  deliveriesDocument,
  retryDeliveryDocument,
  testChannelDocument,
} from './documents.ts'

const lower = (word: string) => word.toLowerCase()

const channelColumns: Column<Channel>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'KIND', value: ({ kind }) => lower(kind) },
  { title: 'TELLS', value: ({ strategy, enabled }) => (enabled ? strategy : 'nothing (off)') },
  { title: 'TARGET', value: ({ target }) => target, minWidth: 16 },
  {
    title: 'LAST',
    value: ({ lastDelivery }) =>
      lastDelivery === null ? '' : `${lower(lastDelivery.state)} ${lastDelivery.createdAt}`,
    minWidth: 9,
  },
]

export async function listChannels(terminal: Terminal) {
  const { channels } = await terminal.connection.query(channelsDocument, {})
  if (terminal.isJson) terminal.printJson(channels)
  else terminal.printTable(channels, channelColumns, 'There are no channels: stint channel save NAME …')
  return undefined
}

export async function deleteChannel(terminal: Terminal, name: string) {
  const { deleteChannel: wasThere } = await terminal.connection.query(deleteChannelDocument, { name })
  if (!wasThere) {
    const { channels } = await terminal.connection.query(channelsDocument, {})
    const names = channels.map((each) => each.name)
    const message = `There is no channel ${JSON.stringify(name)}${nearName(name, names)}`
    throw new CliError(message, { code: 'not-found', hint: 'stint channel list' })
  }
  terminal.note(`${name} is deleted.`)
  return undefined
}

const deliveryColumns: Column<Delivery>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'AT', value: ({ createdAt }) => createdAt },
  { title: 'CHANNEL', value: ({ channel }) => channel },
  { title: 'EVENT', value: ({ event }) => event },
  { title: 'STATE', value: ({ state }) => lower(state) },
  { title: 'TRIES', value: ({ tries }) => String(tries), align: 'right' },
  { title: 'STATUS', value: ({ responseStatus }) => String(responseStatus ?? ''), align: 'right' },
  { title: 'TASK', value: ({ task }) => task?.title ?? '', minWidth: 8 },
  { title: 'LAST ERROR', value: ({ lastError }) => lastError ?? '', minWidth: 10 },
]

interface ListOptions {
  readonly channel?: string
  readonly task?: string
  readonly state?: readonly string[]
  readonly limit?: string
}

export async function listDeliveries(
  terminal: Terminal,
  { channel, task, state, limit = '20' }: ListOptions,
) {
  const wanted = countOption('--limit', 1, 10_000)(limit)
  const filter = {
    channel: channel ?? null,
    taskId: task ?? null,
    states: state?.map((each) => each.toUpperCase()) ?? null,
  }
  const page = async (after: string | null) => {
    const asked = { ...filter, first: Math.min(wanted, 100), after }
    return (await terminal.connection.query(deliveriesDocument, asked)).deliveries
  }
  const rows: Delivery[] = []
  for await (const row of pages(page, wanted)) rows.push(row)
  if (terminal.isJson) terminal.printJson(rows)
  else terminal.printTable(rows, deliveryColumns, 'Nothing was told to anybody.')
  return undefined
}

/** Exit code 1 when it failed; one that is still tried is no failure yet. */
function show(terminal: Terminal, delivery: Delivery): number {
  if (terminal.isJson) terminal.printJson(delivery)
  else terminal.printTable([delivery], deliveryColumns, '')
  return delivery.state === 'FAILED' ? exitCodes.error : exitCodes.success
}

export async function testChannel(terminal: Terminal, name: string) {
  return show(terminal, (await terminal.connection.query(testChannelDocument, { name })).testChannel)
}

export async function retryDelivery(terminal: Terminal, id: string) {
  return show(terminal, (await terminal.connection.query(retryDeliveryDocument, { id })).retryDelivery)
}
