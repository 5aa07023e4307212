import { posix } from 'node:path'
import ts from 'typescript'

export interface Import {
  readonly specifier: string
  readonly line: number
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean
  /** The file inside the house that is meant; undefined for packages. */
  readonly path: string | undefined
}

export interface Text {
  readonly line: number
  readonly text: string
  /** `sql` in sql`…`; empty for plain strings and templates. */
  readonly tag: string
}

export interface FunctionSize {
  readonly name: string
  readonly line: number
  readonly lines: number
}

/** What the rules and figures need to know of one source file. */
export interface Facts {
  readonly path: string
  readonly lines: number
  readonly commentLines: number
  readonly imports: readonly Import[]
  readonly texts: readonly Text[]
  readonly functions: readonly FunctionSize[]
  readonly exports: number
  readonly defaultExports: readonly number[]
  readonly reExports: readonly number[]
  readonly environment: readonly number[]
  readonly clock: readonly number[]
  readonly fetches: readonly number[]
}

/** Where `@stint/schema/words` leads: the `exports` of schema/package.json. */
export type Packages = ReadonlyMap<string, string>

type Collected = { -readonly [K in keyof Facts]: Facts[K] extends readonly (infer E)[] ? E[] : Facts[K] }

function parse(path: string, text: string): ts.SourceFile {
  const kind = path.endsWith('x')
    ? ts.ScriptKind.TSX
    : path.endsWith('.mjs')
      ? ts.ScriptKind.JS
      : ts.ScriptKind.TS
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind)
}

function commentLinesOf(text: string): number {
  let inside = false
  let count = 0
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (inside || line.startsWith('//') || line.startsWith('/*')) count += 1
    if (line.startsWith('/*')) inside = true
    if (line.includes('*/')) inside = false
  }
  return count
}

function resolve(path: string, specifier: string, packages: Packages): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(path), specifier))
  return packages.get(specifier)
}

function specifierOf(node: ts.Node): ts.StringLiteralLike | undefined {
  const found =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : undefined
  return found !== undefined && ts.isStringLiteralLike(found) ? found : undefined
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true
  return ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
}

function isExported(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    !!ts.getModifiers(node)?.some((each) => each.kind === ts.SyntaxKind.ExportKeyword)
  )
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  return (
    ts.canHaveModifiers(node) &&
    !!ts.getModifiers(node)?.some((each) => each.kind === ts.SyntaxKind.DefaultKeyword)
  )
}

function nameOfFunction(node: ts.Node): string {
  const named = node as ts.FunctionDeclaration
  if (named.name !== undefined) return named.name.getText()
  const { parent } = node
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    ? parent.name.getText()
    : '(nameless)'
}

function isFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && (node as ts.FunctionDeclaration).body !== undefined
}

/** The text of a literal; what stands in `${}` is shown as `?`. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return node.head.text + node.templateSpans.map((span) => `?${span.literal.text}`).join('')
}

function isReExport(node: ts.Node, imported: ReadonlySet<string>): boolean {
  if (!ts.isExportDeclaration(node)) return false
  if (node.moduleSpecifier !== undefined) return true
  const clause = node.exportClause
  const names = clause !== undefined && ts.isNamedExports(clause) ? clause.elements : []
  return names.some((each) => imported.has((each.propertyName ?? each.name).getText()))
}

function importedNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) continue
    const bindings = statement.importClause?.namedBindings
    if (bindings !== undefined && ts.isNamedImports(bindings)) {
      for (const each of bindings.elements) names.add(each.name.text)
    }
  }
  return names
}

function isClockRead(node: ts.Node): boolean {
  if (ts.isNewExpression(node))
    return node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0
  return ts.isPropertyAccessExpression(node) && node.getText() === 'Date.now'
}

function isFetch(node: ts.Node): boolean {
  if (!ts.isCallExpression(node)) return false
  return ['fetch', 'globalThis.fetch'].includes(node.expression.getText())
}

function collect(node: ts.Node, into: Collected, lineOf: (node: ts.Node) => number): void {
  const text = textOf(node)
  if (text !== undefined) {
    const tagged = ts.isTaggedTemplateExpression(node.parent) ? node.parent.tag.getText() : ''
    into.texts.push({ line: lineOf(node), text, tag: tagged })
  }
  if (isFunction(node)) {
    const lines = node.getText().split('\n').length
    into.functions.push({ name: nameOfFunction(node), line: lineOf(node), lines })
  }
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'process.env')
    into.environment.push(lineOf(node))
  if (isClockRead(node)) into.clock.push(lineOf(node))
  if (isFetch(node)) into.fetches.push(lineOf(node))
}

/** Reads one file with the TypeScript parser; types are not looked at, so a broken import costs nothing. */
export function factsOf(path: string, text: string, packages: Packages): Facts {
  const file = parse(path, text)
  const lineOf = (node: ts.Node) => file.getLineAndCharacterOfPosition(node.getStart()).line + 1
  const imported = importedNames(file)
  const facts: Collected = {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    commentLines: commentLinesOf(text),
    imports: [],
    texts: [],
    functions: [],
    exports: file.statements.filter(isExported).length,
    defaultExports: file.statements.filter(isDefaultExport).map(lineOf),
    reExports: file.statements.filter((each) => isReExport(each, imported)).map(lineOf),
    environment: [],
    clock: [],
    fetches: [],
  }
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier !== undefined) {
      const resolved = resolve(path, specifier.text, packages)
      const typeOnly = isTypeOnly(node)
      facts.imports.push({ specifier: specifier.text, line: lineOf(node), typeOnly, path: resolved })
    }
    collect(node, facts, lineOf)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return facts
}
