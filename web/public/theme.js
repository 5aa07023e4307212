// Runs before the first paint, so that nobody sees a white flash; a file because the content security policy allows no inline script.
;(() => {
  const media = window.matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    let choice = 'system'
    try {
      choice = localStorage.getItem('stint.theme') || 'system'
    } catch {
      // Storage may be forbidden; the system's theme is a fine answer.
    }
    const dark = choice === 'dark' || (choice === 'system' && media.matches)
    document.documentElement.classList.toggle('pf-v6-theme-dark', dark)
  }
  apply()
  media.addEventListener('change', apply)
  window.addEventListener('storage', apply)
  window.addEventListener('stint-theme', apply)
})()
