export function TokensPage() {
  return <p>soon</p>
}
