import type { AnySql } from './connect.ts'
import type { Channel } from './listen.ts'

/** PostgreSQL refuses 8,000 bytes and more. */
const payloadBytesMax = 7_900
const packedIdBytes = 22
const idsPerPayload = Math.floor((payloadBytesMax + 1) / (packedIdBytes + 1))

function pack(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
}

function unpack(packed: string): string {
  const hex = Buffer.from(packed, 'base64url').toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Ids as payloads for NOTIFY, 22 characters each instead of 36; as many payloads as the size limit asks for. */
export function packIds(ids: readonly string[]): string[] {
  const payloads: string[] = []
  for (let from = 0; from < ids.length; from += idsPerPayload) {
    payloads.push(
      ids
        .slice(from, from + idsPerPayload)
        .map(pack)
        .join(','),
    )
  }
  return payloads
}

export function unpackIds(payload: string): string[] {
  return payload === '' ? [] : payload.split(',').map(unpack)
}

/** Notifies at the commit of the surrounding transaction, each payload once. */
export async function announce(sql: AnySql, channel: Channel, payloads: readonly string[]): Promise<void> {
  if (payloads.length === 0) return
  await sql`
    -- announce
    select pg_notify(${channel}, payload)
    from unnest(${payloads as string[]}::text[]) as payload`
}
