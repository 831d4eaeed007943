// Lives beside ErrorNotice, because each of the two may show the other.
export { Mend } from './error-notice.tsx'
