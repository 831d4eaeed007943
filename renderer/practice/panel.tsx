/** The practice cloud's panel; nothing where there is no practice cloud. */
export function PracticePanel() {
  return null
}
