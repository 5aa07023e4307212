import type { AnySql } from '../../../postgres/connect.ts'

export interface Attempts {
  readonly key: string
  readonly tries: number
  readonly until: Date
}

/**
 * Counts one more try under each key and gives the counts, this one included. A window begins with its first try and
 * ends at `until`; sorted keys, so that two callers cannot lock each other out.
 */
export function countAttempts(
  sql: AnySql,
  keys: readonly string[],
  { now, until }: { now: Date; until: Date },
): Promise<Attempts[]> {
  return sql<Attempts[]>`
    -- countAttempts
    insert into sign_in_attempt as attempt (key, tries, until)
    select key, 1, ${until}::timestamptz from unnest(${[...keys].sort()}::text[]) as key
    on conflict (key) do update
    set
      tries = case when attempt.until <= ${now} then 1 else attempt.tries + 1 end,
      until = case when attempt.until <= ${now} then excluded.until else attempt.until end
    returning key, tries, until
  `
}

/** Takes back the tries of a sign-in that turned out right. */
export async function forgiveAttempts(sql: AnySql, keys: readonly string[]): Promise<void> {
  await sql`
    -- forgiveAttempts
    update sign_in_attempt as attempt
    set tries = greatest(attempt.tries - 1, 0)
    from (
      select key from sign_in_attempt where key = any(${[...keys]}::text[]) order by key collate "C" for update
    ) as mine
    where attempt.key = mine.key
  `
}

/** Ends the counting under this key, and sweeps windows that are over. */
export async function forgetAttempts(sql: AnySql, key: string, now: Date): Promise<void> {
  await sql`
    -- forgetAttempts
    delete from sign_in_attempt
    where key in (
      select key from sign_in_attempt where key = ${key} or until <= ${now} order by key collate "C" for update skip locked
    )
  `
}
