import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readConfig } from '../../base/config.ts'
import { Refusal } from '../refusal.ts'
import { applyToDatabase } from './import/apply-database.ts'
import { applyFiles, planEnvironment } from './import/apply-files.ts'
import type { PasswordRules } from './import/apply-users.ts'
import { readConfigstore } from './import/configstore.ts'
import { convertConfiguration } from './import/configuration.ts'
import { entryLine, Journal, type Verdict, verdicts } from './import/journal.ts'
import { tellBackends } from './import/notifications.ts'
import { emptyPlan, type Plan } from './import/plan.ts'
import { tellReach } from './import/reach.ts'
import { convertTexts, foldersOf } from './import/texts.ts'
import { isFolder, workbench } from './workbench.ts'

export interface ImportOptions extends PasswordRules {
  readonly folder: string
  /** Where the configuration is, when it is not in its usual places. */
  readonly configuration?: readonly string[]
  readonly dryRun?: boolean
  readonly force?: boolean
  /** Lets actions reach the private hosts that are found. */
  readonly allowPrivate?: boolean
  readonly format: 'text' | 'json'
}

const somethingLeft = 3

/**
 * `stint import utask DIR`: checks everything, converts what has another name here, and writes it into this installation: files into
 * the data directory, settings, users and channels into the database. Exit code 0: all of it works here as before; 3: the
 * report names what a person must do.
 */
export async function importUtask(options: ImportOptions): Promise<number> {
  const { folder, dryRun = false, force = false, format } = options
  if (!existsSync(folder) || !isFolder(folder)) throw new Refusal(`${folder} is no folder.`)
  const config = readConfig()
  const plan = await planImport(resolve(folder), options)
  planEnvironment(plan)
  applyFiles(plan, config, { force, dryRun })
  if (!dryRun) await applyToDatabase(plan, config, options)
  print(plan, format, dryRun)
  return plan.journal.count('person') > 0 ? somethingLeft : 0
}

/** Reads everything and decides; writes nothing. */
export async function planImport(
  root: string,
  { configuration = [], allowPrivate = false }: Pick<ImportOptions, 'configuration' | 'allowPrivate'> = {},
): Promise<Plan> {
  const journal = new Journal()
  const plan = emptyPlan(journal)
  const folders = foldersOf(root)
  const { functions, scripts } = folders
  const bench = await workbench([], {
    functions: functions === undefined ? [] : [functions],
    scripts: scripts === undefined ? [] : [scripts],
  })
  const wanted = await convertTexts(plan, folders, bench)
  for (const name of ['init', 'plugins']) tellPlugins(plan, root, name)
  const items = readConfigstore(root, configuration, journal)
  convertConfiguration(plan, items, wanted)
  tellBackends(plan)
  await tellReach(plan, items, allowPrivate)
  return plan
}

/** Compiled for µTask's own program: they can only be written anew. */
function tellPlugins({ journal }: Plan, root: string, name: string): void {
  if (!isFolder(join(root, name))) return
  for (const file of readdirSync(join(root, name)).filter((each) => /\.(?:so|go)$/.test(each)))
    journal.note(
      join(name, file),
      'person',
      'A plug-in of µTask’s program: write it anew as a plug-in of Stint (see README).',
    )
}

function print(
  { journal, files, settings, users, channels }: Plan,
  format: 'text' | 'json',
  dryRun: boolean,
): void {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, journal.count(verdict)])) as Record<
    Verdict,
    number
  >
  if (format === 'json') {
    const planned = {
      files: files.map(({ folder, name }) => `${folder}/${name}`),
      settings: [...settings.keys()],
      users: [...users.keys()],
      channels: channels.map(({ name }) => name),
    }
    process.stdout.write(`${JSON.stringify({ dryRun, counts, planned, entries: journal.entries })}\n`)
    return
  }
  for (const entry of journal.entries) process.stdout.write(`${entryLine(entry)}\n`)
  const sum = `${counts.kept} kept, ${counts.converted} converted, ${counts.ignored} ignored, ${counts.person} for you`
  process.stderr.write(`${sum}${dryRun ? '; nothing was written' : ''}\n`)
}
