import type { AnySql } from '../../postgres/connect.ts'

export interface SealedItem {
  readonly keyId: string
  readonly wrappedKey: Buffer
  readonly value: Buffer
}

export interface NewCacheItem extends SealedItem {
  readonly scope: string
  readonly keyHash: Buffer
  readonly ttlSeconds: number | undefined
}

export async function findCacheItem(
  sql: AnySql,
  scope: string,
  keyHash: Buffer,
): Promise<SealedItem | undefined> {
  const [row] = await sql<SealedItem[]>`
    -- findCacheItem
    select key_id, wrapped_key, value
    from cache_item
    where scope = ${scope} and key_hash = ${keyHash} and (expires_at is null or expires_at > now())`
  return row
}

export async function setCacheItem(sql: AnySql, item: NewCacheItem): Promise<void> {
  await sql`
    -- setCacheItem
    insert into cache_item (scope, key_hash, key_id, wrapped_key, value, expires_at)
    values (
      ${item.scope}, ${item.keyHash}, ${item.keyId}, ${item.wrappedKey}, ${item.value},
      now() + make_interval(secs => ${item.ttlSeconds ?? null}::float8)
    )
    on conflict (scope, key_hash) do update set
      key_id = excluded.key_id,
      wrapped_key = excluded.wrapped_key,
      value = excluded.value,
      expires_at = excluded.expires_at,
      updated_at = now()`
}

/** False when there was none, or its time was over. */
export async function deleteCacheItem(sql: AnySql, scope: string, keyHash: Buffer): Promise<boolean> {
  const rows = await sql<{ isLive: boolean }[]>`
    -- deleteCacheItem
    delete from cache_item
    where scope = ${scope} and key_hash = ${keyHash}
    returning expires_at is null or expires_at > now() as is_live`
  return rows[0]?.isLive ?? false
}

/** Removes what nobody can read any more; returns how many. */
export async function dropExpiredItems(sql: AnySql, limit: number): Promise<number> {
  const rows = await sql`
    -- dropExpiredItems
    delete from cache_item
    where (scope, key_hash) in (
      select scope, key_hash from cache_item where expires_at <= now() order by expires_at limit ${limit} for update skip locked
    )
    returning 1`
  return rows.length
}
