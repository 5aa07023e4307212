import { CliError } from '../exit.ts'
import { nearName } from '../near-name.ts'
import type { Connection } from '../server/connection.ts'
import { pages } from '../server/pages.ts'
import { templatesDocument } from './documents.ts'

/** Among so many a name like the wanted one is looked for. */
const searched = 500

/** The error for a template that is not there, with the one that was probably meant. */
export async function noTemplate(connection: Connection, name: string): Promise<CliError> {
  const names: string[] = []
  const page = async (after: string | null) =>
    (await connection.query(templatesDocument, { first: 100, after })).templates
  for await (const each of pages(page, searched)) names.push(each.name)
  // It is there, so it was a version of it that was asked for.
  if (names.includes(name))
    return new CliError(`The template ${JSON.stringify(name)} has no such version.`, {
      hint: `stint template show ${name}`,
      code: 'not-found',
    })
  const meant = nearName(name, names)
  const message = `There is no template ${JSON.stringify(name)}${meant === '.' ? ', or you may not see it.' : meant}`
  return new CliError(message, { hint: 'stint template list', code: 'not-found' })
}
