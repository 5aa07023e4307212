import './filter.css'
import { Button, Label, LabelGroup } from '@patternfly/react-core'
import type { ReactNode } from 'react'

export interface Chip {
  readonly key: string
  readonly text: string
  readonly onRemove: () => void
}

interface FilterBarProps {
  readonly children: ReactNode
  /** What narrows the list now. */
  readonly chips: readonly Chip[]
  readonly onClear: () => void
}

/** The filters of a list in one row, and below them what they say, each to be taken away by itself. */
export function FilterBar({ children, chips, onClear }: FilterBarProps) {
  return (
    <div className="st-filter">
      <search className="st-filter__row">{children}</search>
      {chips.length > 0 && (
        <div className="st-filter__row">
          <LabelGroup numLabels={8} aria-label="Active filters">
            {chips.map((chip) => (
              <Label
                key={chip.key}
                variant="outline"
                onClose={chip.onRemove}
                closeBtnAriaLabel={`Remove ${chip.text}`}
              >
                {chip.text}
              </Label>
            ))}
          </LabelGroup>
          <Button variant="link" isInline onClick={onClear}>
            Clear all
          </Button>
        </div>
      )}
    </div>
  )
}
