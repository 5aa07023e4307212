import { document } from '../server/document.ts'

export interface TemplateInput {
  readonly name: string
  readonly description: string | null
  readonly type: 'STRING' | 'NUMBER' | 'BOOL' | 'PASSWORD'
  readonly legalValues: readonly unknown[] | null
  readonly collection: boolean
  readonly optional: boolean
  readonly default: unknown
  readonly hidden: boolean
}

export const input = 'name description type legalValues collection optional default hidden'

export interface TemplateLine {
  readonly name: string
  readonly version: number
  readonly source: string
  readonly description: string
  readonly hidden: boolean
  readonly blocked: boolean
}

const line = 'name version source description hidden blocked'

interface TemplatePage {
  readonly templates: {
    readonly edges: readonly { readonly node: TemplateLine }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

export const templatesDocument = document<TemplatePage, { first: number; after: string | null }>(`
  query CliTemplates($first: Int, $after: String) {
    templates(first: $first, after: $after) {
      edges { node { ${line} } }
      pageInfo { hasNextPage endCursor }
    }
  }`)

export interface TemplateDetail extends TemplateLine {
  readonly longDescription: string | null
  readonly docLink: string | null
  readonly text: string
  readonly createdAt: string
  readonly createdBy: string
  readonly canRun: boolean
  readonly whyNotRun: string | null
  readonly inputs: readonly TemplateInput[]
  readonly resolverInputs: readonly TemplateInput[]
  readonly steps: readonly {
    readonly no: number
    readonly name: string
    readonly description: string
    readonly action: string
    readonly dependencies: readonly { readonly step: string; readonly states: readonly string[] }[]
  }[]
}

export const templateDocument = document<
  { template: TemplateDetail | null },
  { name: string; version: number | null }
>(`
  query CliTemplate($name: String!, $version: Int) {
    template(name: $name, version: $version) {
      ${line} longDescription docLink text createdAt createdBy canRun whyNotRun
      inputs { ${input} }
      resolverInputs { ${input} }
      steps { no name description action dependencies { step states } }
    }
  }`)

/** Only what is needed to read values of a command line. */
export const templateInputsDocument = document<
  {
    template: {
      readonly inputs: readonly TemplateInput[]
      readonly resolverInputs: readonly TemplateInput[]
    } | null
  },
  { name: string; version: number | null }
>(`
  query CliTemplateInputs($name: String!, $version: Int) {
    template(name: $name, version: $version) { inputs { ${input} } resolverInputs { ${input} } }
  }`)

export const resolverInputsDocument = document<
  { task: { readonly template: { readonly resolverInputs: readonly TemplateInput[] } | null } | null },
  { id: string }
>(`query CliResolverInputs($id: ID!) { task(id: $id) { template { resolverInputs { ${input} } } } }`)
