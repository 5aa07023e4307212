import './Page.css'
import { Breadcrumb, BreadcrumbItem, Button, PageSection, Title } from '@patternfly/react-core'
import { type ReactNode, useState } from 'react'

interface PageProps {
  readonly title: string
  /** What the browser's tab says, when the title is not enough. */
  readonly tabTitle?: string
  /** Beside the title: a state. */
  readonly label?: ReactNode
  /** One line below the title. */
  readonly facts?: ReactNode
  /** Links to what stands above this page. */
  readonly trail?: readonly ReactNode[]
  readonly actions?: ReactNode
  /** Below the header, above the page's body, without its padding: tabs. */
  readonly tabs?: ReactNode
  readonly children: ReactNode
}

/** Keeps the line of facts free while they are asked for, so that nothing below jumps when they come. */
export const factsToCome = <span aria-hidden="true">{'\u00a0'}</span>

/** Every page: way back, title with state, one line of facts, actions at the right; then its body. */
export function Page({ title, tabTitle, label, facts, trail, actions, tabs, children }: PageProps) {
  return (
    <>
      <title>{`${tabTitle ?? title} · Stint`}</title>
      <PageSection hasBodyWrapper={false} className="st-page-head" component="header">
        {trail && <Trail trail={trail} />}
        <div className="st-page-head__row">
          <div className="st-page-head__text">
            <div className="st-page-head__title">
              <PageTitle key={title} text={title} />
              {label}
            </div>
            {facts && <div className="st-page-head__facts">{facts}</div>}
          </div>
          {actions && <div className="st-page-head__actions">{actions}</div>}
        </div>
      </PageSection>
      {tabs && (
        <PageSection hasBodyWrapper={false} type="tabs">
          {tabs}
        </PageSection>
      )}
      <PageSection hasBodyWrapper={false} isFilled className="st-page-body">
        {children}
      </PageSection>
    </>
  )
}

// Some three lines: more would push everything that matters out of sight.
const longTitle = 200

/** A title as long as a template makes it; a very long one is cut until somebody wants all of it. */
function PageTitle({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false)
  const isLong = text.length > longTitle
  return (
    <>
      <Title
        headingLevel="h1"
        size="2xl"
        className={isLong && !isWhole ? 'st-break st-clamp st-clamp--three' : 'st-break'}
      >
        {text}
      </Title>
      {isLong && (
        <Button variant="link" isInline aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Shorter title' : 'Whole title'}
        </Button>
      )}
    </>
  )
}

function Trail({ trail }: { trail: readonly ReactNode[] }) {
  return (
    <Breadcrumb className="st-trail">
      {trail.map((link, at) => (
        // The trail has no other identity than its order.
        <BreadcrumbItem key={at}>{link}</BreadcrumbItem>
      ))}
    </Breadcrumb>
  )
}
