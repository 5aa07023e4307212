import type { App } from '../../base/app.ts'
import { actorOfUser } from './actor.ts'
import type { Actor } from './model.ts'
import { findUsers } from './store/user.ts'

/** A person as he may act now, for what runs in his name while he is away; undefined when he is gone or disabled. */
export async function findActor(app: App, userId: string): Promise<Actor | undefined> {
  const [user] = await findUsers(app.sql, [userId])
  return user === undefined || user.disabledAt !== null ? undefined : actorOfUser(user, 'system', '')
}
