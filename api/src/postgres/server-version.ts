import type { AnySql } from './connect.ts'

/** As the server counts: 180004 is 18.4. */
export async function serverVersion(sql: AnySql): Promise<number> {
  const [row] = await sql<{ version: string }[]>`
    -- serverVersion
    select current_setting('server_version_num') as version`
  return Number(row?.version)
}
