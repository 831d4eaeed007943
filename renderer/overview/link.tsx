import { IconCheck, IconExclamationMark, IconHourglass, IconMinus, IconQuestionMark } from '@tabler/icons-react'
import type { PathLink } from '../../preload/contract/overview.ts'
import { CopyButton } from '../ui/copy.tsx'
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
  'sign-ups': 'Sign-ups',
}

const faces = {
  sound: { Icon: IconCheck, word: 'in order' },
  broken: { Icon: IconExclamationMark, word: 'broken' },
  waiting: { Icon: IconMinus, word: 'not tried' },
  changing: { Icon: IconHourglass, word: 'changing' },
  unknown: { Icon: IconQuestionMark, word: 'not known' },
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
      {link.command && (
        <p className="row path-command">
          <code className="mono">{link.command}</code>
          <CopyButton text={link.command} what="the command" />
        </p>
      )}
      {link.mend && <Mend primary={link.state === 'broken'} mend={link.mend} environment={environment} onDone={onMended} />}
      {link.also && <Mend mend={link.also} environment={environment} onDone={onMended} />}
    </li>
  )
}
