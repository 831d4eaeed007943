import { expect, test } from 'vitest'
import { practiceProfile } from '../../../main/aws/aws.ts'
import { createLag } from '../../../main/instances/lag.ts'

const lag = (speed: number) => createLag({ isAmazon: (profile) => profile === 'work' }, () => speed)

test('Amazon has three minutes, the practice cloud as its time goes, any other server ten seconds', () => {
  expect(lag(60)('work')).toBe(180_000)
  expect(lag(60)('default')).toBe(10_000)
  expect(lag(1)(practiceProfile)).toBe(20_000)
  expect(lag(10)(practiceProfile)).toBe(2_000)
})

test('answers on their way are doubted even where time flies', () => {
  expect(lag(6000)(practiceProfile)).toBe(1_000)
})
