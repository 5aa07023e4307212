/** The product's mark: bars of a timeline, two of them still going on. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <span className="st-mark">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0b5fd6" />
        <path d="M7 10.5h11M7 16h18M7 21.5h8" stroke="#fff" strokeWidth="3.2" strokeLinecap="round" />
        <circle cx="23.5" cy="10.5" r="2.2" fill="#9fd0ff" />
        <circle cx="20.5" cy="21.5" r="2.2" fill="#9fd0ff" />
      </svg>
      <span className="st-mark__word">Stint</span>
    </span>
  )
}
