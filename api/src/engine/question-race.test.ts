import { afterAll, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import { testDatabase } from '../testing/database.ts'
import { testKeys } from '../testing/engine.ts'
import { Questions } from './questions.ts'

const { sql } = await testDatabase()
const keys = testKeys()
const nothing = async () => {}
const questions = new Questions({
  sql,
  keys,
  clock: systemClock,
  ownUrl: () => 'http://here',
  note: nothing,
  wake: nothing,
})
afterAll(() => sql`drop function answer_at_once cascade`)

it('a question that is answered the moment it is asked is not asked again, of everybody', async () => {
  const taskId = newId()
  await sql.unsafe(`
    create sequence answered;
    create function answer_at_once() returns trigger language plpgsql as $$
    begin
      if nextval('answered') < 3 then
        update question set answer = new.form, answered_at = now(), answered_by = 'bob' where id = new.id;
      end if;
      return null;
    end $$;
    create trigger answer_at_once after insert on question for each row execute function answer_at_once()`)
  const door = questions.doorOf({ taskId, stepNo: 0, key: keys.newDataKey(taskId).key })
  const asked = await door.ask({ form: { title: 'Which host?' }, answerers: ['bob'] })
  const rows = await sql`select id, answerers from question where task_id = ${taskId}`
  expect(rows).toEqual([{ id: asked.id, answerers: ['bob'] }])
})
