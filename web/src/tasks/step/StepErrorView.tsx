import { ExpandableSection } from '@patternfly/react-core'
import { Addresses } from '../../kit/Addresses.tsx'
import { plainText } from '../../kit/ansi.ts'
import { CopyButton } from '../../kit/CopyButton.tsx'

interface StepErrorViewProps {
  readonly error: { readonly message: string; readonly kind: string; readonly detail: string | null }
}

/** An error: what people need first, and below it what developers need. */
export function StepErrorView({ error }: StepErrorViewProps) {
  return (
    <div className="st-error">
      <div className="st-row st-row--apart st-nowrap">
        <p className="st-error-message st-break">
          <Addresses text={error.message} />
        </p>
        <CopyButton
          text={[error.message, error.detail].filter(Boolean).join('\n\n')}
          label="Copy the error"
        />
      </div>
      {error.detail && (
        <ExpandableSection toggleText="Details for developers" isIndented>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
          <pre className="st-error__detail" tabIndex={0}>
            {plainText(error.detail)}
          </pre>
        </ExpandableSection>
      )}
    </div>
  )
}
