import { expect, test } from 'vitest'
import { speedSentence } from '../../../renderer/practice/words.ts'

test('a speed shortens what AWS takes its time for, and not the seven days that an instance stays stopped', () => {
  expect(speedSentence(60)).toMatch(/five minutes at AWS, .* takes 5\.0 s here.*seven days.* stay seven days\.$/)
})
