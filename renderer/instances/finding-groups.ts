import type { Finding } from '../../preload/contract/posture.ts'

export const verdicts = ['bad', 'unknown', 'good', 'information'] as const
export type Verdict = Finding['verdict']

/** The findings by verdict, what is to be mended first; verdicts without one are left out. */
export function groupFindings(
  findings: readonly Finding[],
): readonly { readonly verdict: Verdict; readonly findings: readonly Finding[] }[] {
  const groups = Map.groupBy(findings, ({ verdict }) => verdict)
  return verdicts.flatMap((verdict) => {
    const own = groups.get(verdict)
    return own ? [{ verdict, findings: own }] : []
  })
}
