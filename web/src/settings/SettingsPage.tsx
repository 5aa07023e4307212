export function SettingsPage() {
  return <p>soon</p>
}
