import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isTestFile } from '../../domains/templates/folder.ts'
import { Refusal } from '../refusal.ts'
import { readTestFile } from './rehearsal/file.ts'
import { type CaseReport, runCases, templateOf } from './rehearsal/run.ts'
import { isFolder, type Surroundings, workbench } from './workbench.ts'

export interface TestOptions extends Surroundings {
  readonly paths: readonly string[]
  readonly format: 'text' | 'json'
  /** Only cases whose name holds this text. */
  readonly only?: string
}

/** `stint template test`: exit code 0 when every case is as expected, 1 when one is not. */
export async function testTemplates({ paths, format, only, ...given }: TestOptions): Promise<number> {
  const files = await testFiles(paths)
  const bench = await workbench(paths, given)
  const [faulty] = bench.functions.faulty
  if (faulty !== undefined) throw new Refusal(`${faulty.path}: ${faulty.message}`)
  const prepared = []
  for (const path of files) {
    const file = readTestFile(path)
    const cases = only === undefined ? file.cases : file.cases.filter(({ name }) => name.includes(only))
    if (cases.length > 0) prepared.push({ file: { ...file, cases }, template: await templateOf(file, bench) })
  }
  if (prepared.length === 0) throw new Refusal(`There is no case whose name holds "${only}".`)
  const reports: CaseReport[] = []
  await runCases(prepared, bench.registry, (report) => {
    reports.push(report)
    if (format === 'text') process.stdout.write(linesOf(report))
  })
  const failed = reports.filter(({ passed }) => !passed).length
  if (format === 'json') process.stdout.write(`${JSON.stringify(reports)}\n`)
  else process.stderr.write(`${reports.length - failed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

function linesOf({ file, name, passed, differences }: CaseReport): string {
  const head = `${passed ? 'ok    ' : 'FAILED'} ${relative(process.cwd(), file)}: ${name}`
  return `${[head, ...differences.map((each) => `         ${each}`)].join('\n')}\n`
}

async function testFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    if (!existsSync(path)) throw new Refusal(`${path} does not exist.`)
    if (!isFolder(path)) {
      if (!isTestFile(path)) throw new Refusal(`${path} is no test file: their names end in .test.yaml.`)
      files.push(path)
      continue
    }
    const folder = isFolder(join(path, 'templates')) ? join(path, 'templates') : path
    const names = (await readdir(folder)).filter(isTestFile).sort()
    files.push(...names.map((name) => join(folder, name)))
  }
  if (files.length === 0) throw new Refusal(`There are no test files (*.test.yaml) in ${paths.join(', ')}.`)
  return files
}
