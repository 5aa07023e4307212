import { expect, test } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import type { Transaction } from './connect.ts'
import { isConnectionLoss } from './errors.ts'
import { inTransaction } from './transaction.ts'

const { sql } = await testDatabase()
await sql`create table pair (id int primary key, value int not null)`
await sql`insert into pair values (1, 0), (2, 0)`

function add(transaction: Transaction, id: number): Promise<unknown> {
  return transaction`update pair set value = value + 1 where id = ${id}`
}

function cut(transaction: Transaction): Promise<unknown> {
  return transaction`select pg_terminate_backend(pg_backend_pid())`
}

test('of two transactions in a deadlock both take effect in the end', async () => {
  const bothHold = Promise.withResolvers<void>()
  let holders = 0
  const crossing = (first: number, second: number) =>
    inTransaction(sql, async (transaction) => {
      await add(transaction, first)
      if (++holders === 2) bothHold.resolve()
      await bothHold.promise
      await add(transaction, second)
    })
  await Promise.all([crossing(1, 2), crossing(2, 1)])
  expect(await sql`select value from pair`).toEqual([{ value: 2 }, { value: 2 }])
})

test('work that is not said to be repeatable runs once when its connection is cut', async () => {
  let runs = 0
  const work = (transaction: Transaction) => {
    runs += 1
    return cut(transaction)
  }
  const error = await inTransaction(sql, work).catch((thrown: unknown) => thrown)
  expect(isConnectionLoss(error)).toBe(true)
  expect(runs).toBe(1)
})

test('repeatable work goes through although its connection is cut', async () => {
  let runs = 0
  const work = async (transaction: Transaction) => {
    if (++runs < 3) await cut(transaction)
    return (await transaction<{ one: number }[]>`select 1 as one`)[0]?.one
  }
  expect(await inTransaction(sql, work, { repeatable: true })).toBe(1)
  expect(runs).toBe(3)
})

test('an error of the work itself is not tried again', async () => {
  let runs = 0
  const work = async (transaction: Transaction) => {
    runs += 1
    await transaction`insert into pair values (1, 1)`
  }
  await expect(inTransaction(sql, work, { repeatable: true })).rejects.toThrow(/duplicate key/)
  expect(runs).toBe(1)
})
