import { IconCheck, IconExclamationMark, IconMinus } from '@tabler/icons-react'
import type { PathLink } from '../../preload/contract/overview.ts'
import { Mend } from '../ui/error-notice.tsx'

const titles: Record<PathLink['link'], string> = {
  instance: 'Instance',
  network: 'Network',
  server: 'Server',
  tls: 'TLS',
  'sign-in': 'Sign-in',
  database: 'Database',
  schema: 'Schema',
  data: 'Data',
}

const faces = {
  sound: { Icon: IconCheck, word: 'in order' },
  broken: { Icon: IconExclamationMark, word: 'broken' },
  waiting: { Icon: IconMinus, word: 'not tried' },
}

/** One link of the path; a broken one says what is wrong and carries the button that mends it. */
export function Link({ link, environment, onMended }: { link: PathLink; environment: string; onMended: () => void }) {
  const { Icon, word } = faces[link.state]
  return (
    <li data-state={link.state} data-link={link.link}>
      <span className="path-dot" role="img" aria-label={word}>
        <Icon size={13} stroke={3} aria-hidden />
      </span>
      <h3>{titles[link.link]}</h3>
      <p>
        {link.sentence}
        {link.source && <span className="mono path-source"> {link.source}</span>}
      </p>
      {link.mend && <Mend primary mend={link.mend} environment={environment} onDone={onMended} />}
    </li>
  )
}
