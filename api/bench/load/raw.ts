import { plain } from '../../src/engine/store/arrays.ts'
import { connect, type Sql, type Target } from '../../src/postgres/connect.ts'

/** As many as one flush of the engine takes. */
const batch = 256

export interface RawLimit {
  /** Batches for so long; resolves to pairs of rows a second. */
  run(seconds: number): Promise<number>
  stop(): Promise<void>
}

/** The planner must not scan young tables whole, nor plan each time: as on the engine's flush connection. */
const session = { enable_seqscan: 'off', plan_cache_mode: 'force_generic_plan' }

async function makeTables(sql: Sql): Promise<void> {
  await sql`
    create table raw_step (
      task_id integer not null, no integer not null, state text not null, primary key (task_id, no)
    ) with (fillfactor = 80)`
  await sql`
    create table raw_attempt (
      task_id integer not null, no integer not null, try_no integer not null, at timestamptz not null,
      primary key (task_id, no, try_no)
    )`
  await sql`
    insert into raw_step (task_id, no, state)
    select task_id, no, 'TODO' from generate_series(0, 999) as task_id, generate_series(0, 9) as no`
}

/**
 * The least that this PostgreSQL can be asked for a durable step: one connection, one transaction for 256 of them, in which
 * each updates a narrow row and inserts one. No fence, no values, no events: nothing that is durable can be faster.
 */
export async function startRaw(target: Target): Promise<RawLimit> {
  const sql = connect(target, { max: 1, applicationName: 'stint-bench-raw', session })
  await makeTables(sql)
  const connection = await sql.reserve()
  let next = 0
  const one = async () => {
    const rows = Array.from({ length: batch }, () => next++)
    const tasks = plain(rows.map((row) => row % 1000))
    const nos = plain(rows.map((row) => Math.floor(row / 1000) % 10))
    const tries = plain(rows.map((row) => Math.floor(row / 10_000)))
    await Promise.all([
      connection`begin`,
      connection`
        -- rawUpdate
        update raw_step
        set state = 'DONE'
        from unnest(${tasks}::int[], ${nos}::int[]) as u (task_id, no)
        where raw_step.task_id = u.task_id and raw_step.no = u.no`,
      connection`
        -- rawInsert
        insert into raw_attempt (task_id, no, try_no, at)
        select task_id, no, try_no, now() from unnest(${tasks}::int[], ${nos}::int[], ${tries}::int[]) as u (task_id, no, try_no)`,
      connection`commit`,
    ])
  }
  return {
    run: async (seconds) => {
      const begun = performance.now()
      let batches = 0
      for (; performance.now() - begun < seconds * 1000; batches++) await one()
      return (batches * batch) / ((performance.now() - begun) / 1000)
    },
    stop: async () => {
      connection.release()
      await sql.end({ timeout: 5 })
    },
  }
}
