import { modals } from '@mantine/modals'
import { useAllKeys } from '../ui/keys.ts'

const words: Record<string, string> = {
  mod: /mac/i.test(navigator.platform) ? '⌘' : 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
}

function Keys({ keys }: { keys: string }) {
  const parts = keys.split(/[+ ]/).filter(Boolean)
  return (
    <>
      {parts.map((part) => (
        <kbd key={part}>{words[part] ?? part}</kbd>
      ))}
    </>
  )
}

function KeysHelp() {
  const listed = useAllKeys()
  const groups = new Map<string, { keys: string; does: string }[]>()
  for (const { where, keys } of listed) groups.set(where, [...(groups.get(where) ?? []), ...keys])
  return (
    <div className="keys-help">
      {[...groups].map(([where, keys]) => (
        <section key={where}>
          <h3>{where}</h3>
          <dl>
            {keys.map((key) => (
              <div key={key.keys}>
                <dt>
                  <Keys keys={key.keys} />
                </dt>
                <dd>{key.does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}

export function openKeysHelp(): void {
  modals.open({ modalId: 'keys', title: 'Keys', size: 'lg', children: <KeysHelp /> })
}
