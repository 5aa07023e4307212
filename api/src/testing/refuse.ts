import { onTestFinished } from 'vitest'
import type { Sql } from '../postgres/connect.ts'

export interface Refusal {
  /** Times that the database was asked for what it refuses; a sequence forgets nothing with a transaction. */
  asked(): Promise<number>
  mend(): Promise<void>
}

/** From now on PostgreSQL refuses rows of this table that meet the condition on `new`, until it is mended or the test is over. */
export async function refuse(sql: Sql, table: string, when: string): Promise<Refusal> {
  const name = `refuse_${table}`
  await sql.unsafe(`
    create sequence ${name}_asked;
    create function ${name}() returns trigger language plpgsql as $$
      begin
        if ${when} then
          perform nextval('${name}_asked');
          raise exception 'not a word about this';
        end if;
        return new;
      end $$;
    create trigger ${name} before insert or update on ${table} for each row execute function ${name}()`)
  const mend = async () => {
    await sql.unsafe(`drop function if exists ${name} cascade; drop sequence if exists ${name}_asked`)
  }
  onTestFinished(mend)
  return {
    asked: async () =>
      Number((await sql.unsafe(`select last_value * is_called::int as n from ${name}_asked`))[0]?.n),
    mend,
  }
}
