import { join } from 'node:path'
import { checkout } from '../base/config.ts'
import { FolderWatch } from '../base/folder-watch.ts'
import type { Service } from '../base/service.ts'
import type { FaultyFile } from '../domains/functions/faulty.ts'
import { type FunctionFolder, loadFunctions } from '../domains/functions/folder.ts'
import { checkOptionsOf } from '../domains/templates/check.ts'
import { loadFolders, type TemplateFolder } from '../domains/templates/folder.ts'
import { renewTemplates } from '../domains/templates/renew.ts'
import type { Assembly } from './assemble.ts'

type FoldersOf = Pick<Assembly, 'app' | 'check' | 'checkFacts' | 'functions' | 'registry'>

/** Later ones win over earlier ones. */
function templateFolders({ config }: FoldersOf['app']): TemplateFolder[] {
  return [
    { path: join(checkout, 'api/templates'), source: 'shipped' },
    { path: join(config.dataDir, 'templates'), source: 'folder', optional: true },
    ...config.templatesDirs.map((path) => ({ path, source: 'folder' as const })),
  ]
}

function functionFolders({ config }: FoldersOf['app']): FunctionFolder[] {
  const own = config.functionsDirs.map((path) => ({ path }))
  return [{ path: join(config.dataDir, 'functions'), optional: true }, ...own]
}

/** The functions, then the templates that may call them; what cannot be used is told and left as it was. */
export async function loadAllFolders(assembly: FoldersOf): Promise<readonly FaultyFile[]> {
  const { app, check, checkFacts, functions, registry } = assembly
  const called = await loadFunctions(app, functionFolders(app), checkOptionsOf(registry, checkFacts))
  functions.forget()
  const { added, changed, retired, faulty } = await loadFolders(app, check, templateFolders(app))
  const { renewed, faulty: outdated } = await renewTemplates(app, check)
  const news = { added, changed, retired, renewed }
  if (Object.values(news).some((names) => names.length > 0)) app.log.info(news, 'templates loaded')
  const ofFunctions = { added: called.added, changed: called.changed, retired: called.retired }
  if (Object.values(ofFunctions).some((names) => names.length > 0))
    app.log.info(ofFunctions, 'functions loaded')
  const all = [...called.faulty, ...faulty, ...outdated]
  for (const { path, message, findings } of all) app.log.warn({ path, findings }, `not loaded: ${message}`)
  return all
}

/** Loads the folders again when something in them changes; a start is not needed. */
export function watchFolders(assembly: FoldersOf): Service {
  const { app } = assembly
  const paths = [...templateFolders(app), ...functionFolders(app)].map(({ path }) => path)
  return new FolderWatch(paths, async () => {
    try {
      await loadAllFolders(assembly)
    } catch (err) {
      app.log.warn({ err }, 'The templates could not be loaded again.')
    }
  })
}
