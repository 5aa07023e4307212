// A menu at the end of the body would stand outside every landmark, and one inside its table cell would be as narrow as
// that. So it goes to the end of the landmark that it belongs to.

/** For menus of the page. */
export const inMain = (): HTMLElement => document.getElementById('main') ?? document.body

/** For menus of the bar at the top. */
export const inMasthead = (): HTMLElement =>
  document.querySelector<HTMLElement>('.pf-v6-c-masthead') ?? document.body
