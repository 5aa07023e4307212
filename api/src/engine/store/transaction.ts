import type { AnySql } from '../../postgres/connect.ts'

/*
 * A flush sends these itself, in one go with its other statements: the driver's own `begin` waits for an answer before and
 * after, two round trips of the four that a lone step costs.
 */

export function begin(sql: AnySql) {
  return sql`begin`
}

export function commit(sql: AnySql) {
  return sql`commit`
}

export function rollback(sql: AnySql) {
  return sql`rollback`
}

/** Fails where there is no server. */
export function ping(sql: AnySql) {
  return sql`select 1`
}
