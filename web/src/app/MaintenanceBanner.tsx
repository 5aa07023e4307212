import { Banner } from '@patternfly/react-core'
import WrenchIcon from '@patternfly/react-icons/dist/esm/icons/wrench-icon'
import { Link } from '@tanstack/react-router'
import { useQuery } from 'urql'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { useCan } from '../client/session.ts'
import { Moment } from '../kit/Moment.tsx'

const MaintenanceQuery = graphql(`
  query MaintenanceNow {
    server {
      maintenance {
        on
        message
        endsAt
        since
        by
      }
    }
  }
`)

/** Over every page while the installation may only be read: what is going on, and until when. */
export function MaintenanceBanner() {
  const [{ data }] = useQuery({ query: MaintenanceQuery, requestPolicy: 'cache-first' })
  const canManage = useCan('maintenance.manage')
  const now = data?.server.maintenance
  return (
    <div aria-live="polite">
      {now?.on && (
        <Banner color="purple" className="st-banner" screenReaderText="Maintenance">
          <WrenchIcon /> Maintenance: everything can be read, nothing can be changed, and no new step starts.{' '}
          {now.message && <strong>{`“${now.message}” `}</strong>}
          {now.endsAt && (
            <>
              Expected to be over <Moment at={now.endsAt} />.{' '}
            </>
          )}
          {canManage && <Link {...paths.maintenance()}>End or change it</Link>}
        </Banner>
      )}
    </div>
  )
}
