import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import type { Author } from '../audit/model.ts'
import { record } from '../audit/store.ts'
import { catalogue, isSettingName, whatIsWrong } from './model.ts'
import { forgetSettings } from './read.ts'
import { lockSetting, writeSetting } from './store.ts'

/**
 * Writes one setting with its audit row and tells every process. Asks nobody's permission: that is domains/access/settings.
 * Throws `setting-invalid` for an unknown name or a value that the catalogue does not allow. The same value again is no change.
 */
export async function changeSetting(app: App, author: Author, name: string, value: unknown): Promise<void> {
  if (!isSettingName(name)) {
    throw new Problem('setting-invalid', `There is no setting ${name}.`, { details: { name } })
  }
  const definition = catalogue[name]
  const wrong = whatIsWrong(definition, value)
  if (wrong !== undefined) {
    throw new Problem('setting-invalid', `${name} ${wrong}.`, { details: { name } })
  }
  await inTransaction(app.sql, async (tx) => {
    const before = (await lockSetting(tx, name))?.value ?? definition.default
    if (JSON.stringify(before) === JSON.stringify(value)) return
    await writeSetting(tx, { name, value, by: author.name, at: app.clock.now() })
    await record(tx, author, [
      {
        action: 'setting.update',
        subjectType: 'setting',
        subjectId: name,
        details: { from: before, to: value },
      },
    ])
  })
  forgetSettings(app)
}
