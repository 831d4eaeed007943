import { requestId } from './cloud.ts'
import { measuresIn } from './logs-in-page.ts'
import { type LogsStage, linesIn } from './logs-stage.ts'

/** One question of each kind, as the finder reads it. */
export const questions: readonly (readonly [kind: string, text: string])[] = [
  ['a word', 'relation'],
  ['two words, one left out', 'row -written'],
  ['an e-mail', 'user123@example.com'],
  ['a level', 'level:error'],
  ['a field of JSON', 'status:>=500'],
  ['a request id', requestId(99)],
  ['a regular expression', '/number.?:5\\d+/i'],
  ['a pattern of CloudWatch', 'pattern:{ $.status = 500 }'],
]

/** Milliseconds from the text in the field to the frame that shows its whole answer, for each question in each round. */
export async function measureFind(
  { page }: LogsStage,
  rounds: number,
): Promise<{ readonly lines: number; readonly times: readonly (readonly number[])[] }> {
  const measures = measuresIn(page)
  const lines = await linesIn(page)
  const times: number[][] = questions.map(() => [])
  // The first round is not counted: the engine has not seen the code before.
  for (let round = -1; round < rounds; round += 1) {
    process.stderr.write(`\rround ${round + 1} of ${rounds}`)
    for (const [place, [, text]] of questions.entries()) {
      const done = await measures.find(text)
      if (round >= 0) times[place]?.push(done)
      await page.waitForTimeout(150)
      await measures.clear(lines)
      await page.waitForTimeout(250)
    }
  }
  process.stderr.write('\n')
  return { lines, times }
}
