import { createHash } from 'node:crypto'
import type { Sql } from '../postgres/connect.ts'
import type { CacheDoor } from './cache-door.ts'
import { type KeyRing, placeOf } from './seal.ts'
import { deleteCacheItem, findCacheItem, setCacheItem } from './store/cache.ts'

/** Keys may say much about what they stand for; equal ones are found by their hash. */
const hashOf = (key: string) => createHash('sha256').update(key).digest()

/** Each value has a data key of its own, wrapped by the ring, bound to its place. */
export function openCache(sql: Sql, keys: KeyRing): CacheDoor {
  const nameOf = (scope: string, hash: Buffer) => `cache|${scope}|${hash.toString('hex')}`
  return {
    async get(scope, key) {
      const hash = hashOf(key)
      const row = await findCacheItem(sql, scope, hash)
      if (!row) return undefined
      const dataKey = keys.open(nameOf(scope, hash), row.keyId, row.wrappedKey)
      return { value: dataKey.openJson(row.value, placeOf.cached) }
    },
    async set(scope, key, value, ttlSeconds) {
      const hash = hashOf(key)
      const { key: dataKey, keyId, wrapped } = keys.newDataKey(nameOf(scope, hash))
      const sealed = dataKey.sealJson(value, placeOf.cached)
      await setCacheItem(sql, { scope, keyHash: hash, keyId, wrappedKey: wrapped, value: sealed, ttlSeconds })
    },
    delete: (scope, key) => deleteCacheItem(sql, scope, hashOf(key)),
  }
}
