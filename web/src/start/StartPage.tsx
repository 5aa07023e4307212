import { StartPanel } from './StartPanel.tsx'

/** The first ten minutes, whenever somebody wants them again. */
export const StartPage = () => <StartPanel />
