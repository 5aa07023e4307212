import { Button, Tooltip } from '@patternfly/react-core'
import CheckIcon from '@patternfly/react-icons/dist/esm/icons/check-icon'
import CopyIcon from '@patternfly/react-icons/dist/esm/icons/copy-icon'
import { useEffect, useState } from 'react'
import { copyText } from './clipboard.ts'

const shownMs = 1500

interface CopyButtonProps {
  readonly text: string
  /** What is copied, for tooltip and screen readers: `Copy the identifier`. */
  readonly label: string
}

/** Copies a text and says so in place. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async () => setCopied(await copyText(text))
  return (
    <Tooltip content={isCopied ? 'Copied' : label} aria="none" aria-live="polite">
      <Button
        variant="plain"
        size="sm"
        aria-label={label}
        onClick={copy}
        icon={isCopied ? <CheckIcon /> : <CopyIcon />}
      />
    </Tooltip>
  )
}

/** A name for machines: monospace, with a button to copy it. */
export function Identifier({ text, label, copies }: CopyButtonProps & { copies?: string }) {
  return (
    <span className="st-identifier">
      <code className="st-code">{text}</code>
      <CopyButton text={copies ?? text} label={label} />
    </span>
  )
}
