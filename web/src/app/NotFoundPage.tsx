import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon'
import { paths } from '../client/paths.ts'
import { Empty } from '../kit/Empty.tsx'
import { ButtonLink } from '../kit/links.tsx'
import { Page } from '../kit/Page.tsx'

export function NotFoundPage() {
  return (
    <Page title="There is no such page">
      <Empty
        title="The address leads nowhere"
        icon={SearchIcon}
        actions={
          <>
            <ButtonLink {...paths.home()}>Dashboard</ButtonLink>
            <ButtonLink variant="secondary" {...paths.tasks()}>
              Tasks
            </ButtonLink>
          </>
        }
      >
        It was mistyped, or the link is from another version of Stint.
      </Empty>
    </Page>
  )
}
