import type { ResultOf } from 'gql.tada'
import { graphql } from '../../client/gql.ts'

export const DryRunQuery = graphql(`
  query DryRun($input: DryRunInput!) {
    dryRun(input: $input) {
      __typename
      ... on DryRun {
        title
        steps {
          name
          action
          state
          configuration
          unknown
          dependencies {
            step
            states
          }
          resources
          note
        }
        locks {
          resource
          mode
          operation
          capacity
          onConflict
          holders {
            id
            uuid
            title
          }
        }
        result
        findings {
          severity
          path
          message
          line
          column
        }
      }
      ... on InputProblem {
        message
        fields {
          name
          message
        }
      }
      ... on TemplateProblem {
        message
        findings {
          severity
          path
          message
          line
          column
        }
      }
    }
  }
`)

type Answer = ResultOf<typeof DryRunQuery>['dryRun']

/** What a template would do with some inputs. */
export type DryRun = Extract<Answer, { __typename: 'DryRun' }>
export type DryStep = DryRun['steps'][number]
export type DryLock = DryRun['locks'][number]
