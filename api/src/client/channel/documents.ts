import { document } from '../server/document.ts'

export interface Delivery {
  readonly id: string
  readonly channel: string
  readonly task: { readonly uuid: string; readonly title: string } | null
  readonly event: string
  readonly state: 'WAITING' | 'DELIVERED' | 'FAILED'
  readonly tries: number
  readonly createdAt: string
  readonly dueAt: string | null
  readonly lastError: string | null
  readonly responseStatus: number | null
}

const delivery = 'id channel task { uuid title } event state tries createdAt dueAt lastError responseStatus'

export interface Channel {
  readonly name: string
  readonly kind: 'WEBHOOK' | 'SLACK' | 'EMAIL'
  readonly enabled: boolean
  readonly strategy: string
  readonly target: string
  readonly configuration: Readonly<Record<string, unknown>>
  readonly lastDelivery: Delivery | null
}

const channel = `name kind enabled strategy target configuration lastDelivery { ${delivery} }`

export const channelsDocument = document<{ channels: readonly Channel[] }, Record<string, never>>(`
  query CliChannels { channels { ${channel} } }`)

export const saveChannelDocument = document<{ saveChannel: Channel }, { input: Record<string, unknown> }>(`
  mutation CliSaveChannel($input: ChannelInput!) { saveChannel(input: $input) { ${channel} } }`)

export const deleteChannelDocument = document<{ deleteChannel: boolean }, { name: string }>(`
  mutation CliDeleteChannel($name: String!) { deleteChannel(name: $name) }`)

export const testChannelDocument = document<{ testChannel: Delivery }, { name: string }>(`
  mutation CliTestChannel($name: String!) { testChannel(name: $name) { ${delivery} } }`)

export const retryDeliveryDocument = document<{ retryDelivery: Delivery }, { id: string }>(`
  mutation CliRetryDelivery($id: ID!) { retryDelivery(id: $id) { ${delivery} } }`)

interface DeliveryPage {
  readonly deliveries: {
    readonly edges: readonly { readonly node: Delivery }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

export const deliveriesDocument = document<
  DeliveryPage,
  {
    first: number
    after: string | null
    channel: string | null
    taskId: string | null
    states: readonly string[] | null
  }
>(`
  query CliDeliveries($first: Int, $after: String, $channel: String, $taskId: ID, $states: [DeliveryState!]) {
    deliveries(first: $first, after: $after, channel: $channel, taskId: $taskId, states: $states) {
      edges { node { ${delivery} } }
      pageInfo { hasNextPage endCursor }
    }
  }`)
