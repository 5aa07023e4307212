import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import type { Permission } from '@stint/schema/words'
import { can } from '../domains/access/model.ts'
import type { Context } from './context.ts'
import { complexityMax, tooMuch } from './cost.ts'
import { globalId, parseGlobalId } from './ids.ts'
import { unauthorized } from './problems.ts'

export interface SchemaTypes {
  Context: Context
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    JSON: { Input: unknown; Output: unknown }
  }
  AuthScopes: {
    /** Anybody, also without signing in. */
    public: boolean
    signedIn: boolean
    permission: Permission
  }
  DefaultAuthStrategy: 'all'
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  DefaultNodeNullability: false
}

/**
 * The order of the plugins is the order of the checks (stack: relay, rights before errors). Nullable means "may be absent",
 * never "may fail"; nothing is readable or callable that does not say who may.
 */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [RelayPlugin, ScopeAuthPlugin, ErrorsPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  relay: {
    cursorType: 'String',
    encodeGlobalID: globalId,
    decodeGlobalID: parseGlobalId,
    nodeTypeOptions: { description: 'Anything that can be fetched again by its id.' },
    idFieldOptions: { description: 'Opaque and unique among everything; `node(id:)` finds it again.' },
    nodeQueryOptions: {
      description: 'Any object by its id; null when it is missing or not visible to you.',
      authScopes: { signedIn: true },
      args: { id: { description: 'Of a node.' } },
    },
    nodesQueryOptions: {
      description:
        'Many objects by their ids, in the order asked; null where one is missing or not visible to you.',
      authScopes: { signedIn: true },
      args: { ids: { description: 'Of nodes.' } },
    },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'The entries with their places.',
    },
    nodeFieldOptions: { nullable: false, description: 'The entry itself.' },
    cursorFieldOptions: { description: 'The place of this entry, for `after` and `before`.' },
    pageInfoTypeOptions: { description: 'Where this page of a list stands.' },
    pageInfoFieldOptions: { description: 'Where this page stands.' },
    hasNextPageFieldOptions: { description: 'More entries follow.' },
    hasPreviousPageFieldOptions: { description: 'Entries stand before this page.' },
    startCursorFieldOptions: { description: 'Place of the first entry.' },
    endCursorFieldOptions: { description: 'Place of the last entry.' },
    firstArgOptions: { description: 'At most so many entries, from the front (1 to 100).' },
    afterArgOptions: { description: 'Only entries behind this place.' },
    lastArgOptions: { description: 'At most so many entries, from the back (1 to 100).' },
    beforeArgOptions: { description: 'Only entries in front of this place.' },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    defaultStrategy: 'all',
    authScopes: ({ actor }) => ({
      public: true,
      signedIn: actor !== undefined,
      permission: (wanted) => can(actor, wanted),
    }),
    unauthorizedError: (_parent, context, _info, { failure }) => unauthorized(context, failure),
  },
  errors: { directResult: true, defaultTypes: [] },
  complexity: {
    limit: { complexity: complexityMax },
    complexityError: (_kind, { complexity }) => tooMuch(complexity),
  },
})

builder.queryType({ description: 'Everything that can be read.' })
builder.mutationType({ description: 'Everything that can be changed; each answers with what it changed.' })
builder.subscriptionType({ description: 'What is pushed while it happens.' })
